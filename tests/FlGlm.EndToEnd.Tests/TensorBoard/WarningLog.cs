using Microsoft.Extensions.Logging;

namespace FlGlm.EndToEnd.Tests.TensorBoard;

/// <summary>Keeps the warnings that are logged.</summary>
internal sealed class WarningLog : ILogger
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Warning)
            Lines.Add(formatter(state, exception));
    }
}
