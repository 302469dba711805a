using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Hosting;

public sealed partial class SplitServer
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogNotice(ILogger logger, string notice);
}
