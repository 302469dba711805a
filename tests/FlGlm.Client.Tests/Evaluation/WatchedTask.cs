using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Client.Tasks;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>A task as it is, with a call for every answer that is judged.</summary>
/// <param name="judged">gets the number of answers so far</param>
internal sealed class WatchedTask(LanguageTask task, Action<int> judged) : LanguageTask
{
    private int _judged;

    public override string Name => task.Name;

    public override IReadOnlyList<string> Labels => task.Labels;

    public override IReadOnlyList<PromptPattern> Patterns => task.Patterns;

    public override string Segmenter => task.Segmenter;

    public override IEnumerable<TaskItem> Read(TaskRow row) => task.Read(row);

    public override string Conclude(TaskItem item, string text) => task.Conclude(item, text);

    public override IReadOnlyDictionary<string, double> Judge(TaskItem item, string answer)
    {
        judged(++_judged);
        return task.Judge(item, answer);
    }

    public override IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions) => task.Measure(predictions);
}
