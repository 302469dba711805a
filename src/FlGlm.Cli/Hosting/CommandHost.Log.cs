using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

internal sealed partial class CommandHost
{
    [LoggerMessage(Level = LogLevel.Information, Message = "set {Override}")]
    private static partial void LogOverride(ILogger logger, string @override);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Stopping}")]
    private static partial void LogStopping(ILogger logger, string stopping);
}
