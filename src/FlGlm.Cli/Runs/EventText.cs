using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Runs;

/// <summary>The events of a run as lines of its log.</summary>
internal static class EventText
{
    /// <summary>The lines to log; none for events that are shown in another way.</summary>
    public static IEnumerable<(bool IsWarning, string Text)> Lines(RunEvent happened) => happened switch
    {
        StepReport or ServerEvent.StepServed or RunEvent.Loaded or EvaluationEvent.Answered or EvaluationEvent.Finished => [],
        RunEvent.Saved saved => saved.Directories.Select(directory => (false, $"written: {directory}")),
        ClientEvent.PlanAccepted accepted => [(false, accepted.ToString()), .. PlanNotices.Lines(accepted.Plan).Select(notice => (true, notice))],
        _ => [(happened is RunEvent.Message { IsWarning: true } or RunEvent.Missed or ServerEvent.ClientLost, happened.ToString())],
    };
}
