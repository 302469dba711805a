using FlGlm.Core.Events;

namespace FlGlm.Cli.Views;

/// <summary>Shows a run: on a terminal, as lines, as JSON, or on a page. Any thread may call it.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>Something has happened. What there is to say of it in words comes as a message too.</summary>
    void Show(RunEvent happened);

    /// <summary>A message; its level is <c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    void Message(string level, string message);

    /// <summary>What the run was for.</summary>
    /// <param name="lines">as text</param>
    /// <param name="result">for JSON; its properties are written in snake_case</param>
    void Result(IEnumerable<string> lines, object result);
}
