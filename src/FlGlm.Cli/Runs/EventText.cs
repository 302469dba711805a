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
        StepReport or ServerEvent.StepServed or RunEvent.Loaded or ClientEvent.AdapterNorms or EvaluationEvent.Answered or EvaluationEvent.Finished => [],
        ClientEvent.Validating or ClientEvent.KeysRenewed or ServerEvent.GenerationEnded or ServerEvent.CachesHeld => [], // A view may show them.
        ClientEvent.Partitioned { Partition: var partition } => PartitionTable.Lines(partition).Select(line => (false, line)),
        RunEvent.Saved saved => saved.Directories.Select(directory => (false, $"written: {directory}")),
        ClientEvent.PlanAccepted accepted => [(false, accepted.ToString()), .. PlanNotices.Lines(accepted.Plan).Select(notice => (true, notice))],
        _ => [(happened is RunEvent.Message { IsWarning: true } or RunEvent.Missed or ServerEvent.ClientLost, happened.ToString())],
    };

    /// <summary>The result of an evaluation as lines: what was answered, then a metric a line.</summary>
    public static IEnumerable<string> Result(EvaluationSummary summary)
    {
        (int Count, string Of)[] counts =
            [(summary.Unlabelled, "without a right answer"), (summary.Shortened, "with a shortened prompt"), (summary.Empty, "with an empty answer")];
        var notes = string.Concat(counts.Where(note => note.Count > 0).Select(note => $", {note.Count} {note.Of}"));
        var unit = summary.Metrics.Count == 0 ? "no metric" : summary.Metrics[0].Low is null ? "in percent" : "in percent, with 95 % intervals";
        return [$"{summary.Subject.Task}, {summary.Subject.Split}: {summary.Questions} question(s){notes}; {unit}", .. summary.Metrics.Select(metric => metric.ToString())];
    }
}
