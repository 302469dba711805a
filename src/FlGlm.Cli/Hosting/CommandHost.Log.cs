using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

internal sealed partial class CommandHost
{
    [LoggerMessage(Level = LogLevel.Information, Message = "set {Override}")]
    private static partial void LogOverride(ILogger logger, string @override);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping after this step; Ctrl+C again ends at once")]
    private static partial void LogStopping(ILogger logger);
}
