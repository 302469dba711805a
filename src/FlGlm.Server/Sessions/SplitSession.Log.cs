using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Sessions;

internal sealed partial class SplitSession
{
    [LoggerMessage(Level = LogLevel.Error, Message = "the session with {Client} failed")]
    private static partial void LogFailure(ILogger logger, string client, Exception exception);
}
