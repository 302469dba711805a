using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks;

/// <summary>
/// A task: how a row of data becomes a prompt, which answers it may have, which are right, and how answers are measured. The same prompts serve
/// training and evaluation. Derive from it for a task of your own; <see cref="KnownTasks"/> has ours.
/// </summary>
public abstract class LanguageTask
{
    /// <summary>The name, as <c>data.task</c> and reports have it.</summary>
    public abstract string Name { get; }

    /// <summary>The labels of a classification, in the order in which a file may number them; none where every row has answers of its own.</summary>
    public virtual IReadOnlyList<string> Labels => [];

    /// <summary>The words around a row's fields, under the names that <c>data.pattern</c> has; the first one that a model can take is its default.</summary>
    public abstract IReadOnlyList<PromptPattern> Patterns { get; }

    /// <summary>What cuts text into words for the metrics, as reports name it; empty = nothing but the metric's own rule.</summary>
    public virtual string Segmenter => "";

    /// <summary>The questions of one row.</summary>
    /// <exception cref="Core.Configuration.DataException">The row lacks a field, or holds one that makes no sense: see <see cref="TaskRow.Wrong"/>.</exception>
    public abstract IEnumerable<TaskItem> Read(TaskRow row);

    /// <summary>The questions to train on, where they are others than <see cref="Read"/> gives: each is learnt with every right answer it has.</summary>
    /// <param name="row">The row.</param>
    /// <param name="pattern">The words that will be used.</param>
    public virtual IEnumerable<TaskItem> ReadToTrain(TaskRow row, PromptPattern pattern) => Read(row);

    /// <summary>What a free answer says, e.g. a label that it stands for.</summary>
    /// <param name="item">The question.</param>
    /// <param name="text">The text that was generated.</param>
    public virtual string Conclude(TaskItem item, string text) => text;

    /// <summary>The scores of one answer, under their names, from which <see cref="Measure"/> makes the metrics.</summary>
    /// <param name="item">The question, with its right answers.</param>
    /// <param name="answer">A label, the label of a choice, or what <see cref="Conclude"/> made of a free answer.</param>
    public virtual IReadOnlyDictionary<string, double> Judge(TaskItem item, string answer) =>
        new Dictionary<string, double> { ["correct"] = item.Gold.Contains(answer) ? 1 : 0 };

    /// <summary>The metrics of all answers together, the one that counts first; in 0..1. Accuracy, where a task does not say otherwise.</summary>
    /// <param name="predictions">At least one, each with right answers.</param>
    public virtual IReadOnlyList<Metric> Measure(IReadOnlyList<Prediction> predictions) =>
        [new Metric("accuracy", predictions.Average(prediction => prediction.Scores["correct"]))];
}
