using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Hosting;

public sealed partial class SplitServer
{
    [LoggerMessage(Level = LogLevel.Information, Message = "run {RunId}")]
    private static partial void LogRun(ILogger logger, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogNotice(ILogger logger, string notice);

    [LoggerMessage(Level = LogLevel.Error, Message = "the handshake with {Address} failed")]
    private static partial void LogFailure(ILogger logger, string address, Exception exception);
}
