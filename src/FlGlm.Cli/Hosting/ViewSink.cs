using System.Globalization;
using FlGlm.Cli.Views;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace FlGlm.Cli.Hosting;

/// <summary>Passes log messages to the view, which also writes the progress.</summary>
internal sealed class ViewSink(IRunView view) : ILogEventSink
{
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    public void Emit(LogEvent logEvent)
    {
        var text = new StringWriter();
        Message.Format(logEvent, text);
        view.Message(Word(logEvent.Level), text.ToString());
    }

    private static string Word(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "information",
        LogEventLevel.Warning => "warning",
        _ => "error",
    };
}
