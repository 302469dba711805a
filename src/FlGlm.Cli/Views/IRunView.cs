using FlGlm.Client.Training;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Views;

/// <summary>Shows a run's progress: on a terminal, as lines, or as JSON. Any thread may call it.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>A client's step is done.</summary>
    void Step(StepReport report);

    /// <summary>The server has served a step.</summary>
    void Served(ServerEvent.StepServed step);

    /// <summary>A message; its level is <c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    void Message(string level, string message);

    /// <summary>What the run was for.</summary>
    /// <param name="lines">as text</param>
    /// <param name="result">for JSON; its properties are written in snake_case</param>
    void Result(IEnumerable<string> lines, object result);
}
