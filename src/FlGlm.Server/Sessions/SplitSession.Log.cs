using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Sessions;

internal sealed partial class SplitSession
{
    [LoggerMessage(Level = LogLevel.Error, Message = "the session with {Client} failed")]
    private static partial void LogTrouble(ILogger logger, string client, Exception exception);
}
