using FlGlm.Cli.Runs;
using FlGlm.Cli.Views;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>The logs of a command: messages to the view, and with time and stack traces to flglm.log if there is a run directory.</summary>
internal sealed class RunLogs : IDisposable
{
    private const string FileTemplate = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    private readonly Logger _file;
    private readonly Logger _all;
    private readonly SerilogLoggerFactory _factory;

    /// <param name="directory">null = no file</param>
    public RunLogs(IRunView view, RunDirectory? directory, bool verbose)
    {
        var level = verbose ? LogEventLevel.Debug : LogEventLevel.Information;
        var file = new LoggerConfiguration().MinimumLevel.Is(level);
        _file = (directory is null ? file : file.WriteTo.File(directory.LogPath, outputTemplate: FileTemplate, formatProvider: null, fileSizeLimitBytes: null)).CreateLogger();
        _all = new LoggerConfiguration().MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Logger(_file)
            .WriteTo.Sink(new ViewSink(view))
            .CreateLogger();
        _factory = new SerilogLoggerFactory(_all);
    }

    public ILoggerFactory Factory => _factory;

    /// <summary>Records the error that ends the run; <see cref="ErrorReporter"/> writes it to the console.</summary>
    public void ToFile(Exception exception) => _file.Fatal(exception, "the run ended with an error");

    public void Dispose()
    {
        _factory.Dispose();
        _all.Dispose();
        _file.Dispose();
    }
}
