using System.Globalization;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>What to train on. Never leaves the client.</summary>
public sealed record DataSettings : IValidated
{
    /// <summary>The task whose rows the files hold, such as <c>superglue/boolq</c> (docs/tasks.md has all); empty = rows with a prompt and an answer, or text.</summary>
    public string Task { get; init; } = "";

    /// <summary>The folder of a task's files under their published names: <c>train</c>, <c>val</c> or <c>validation</c>, <c>test</c>.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The words that a task's rows are set in, one of the task's patterns (docs/tasks.md); empty = the first that the model can take.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>
    /// Data files, read in this order; a directory stands for the data files in it, a name with <c>*</c> for those that match, by name, and
    /// <c>~</c> for the user's home.
    /// </summary>
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Files as for <see cref="Train"/>, or the share of the last training rows (more than 0, less than 1); empty = none.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>What the files hold; <c>auto</c> goes by their names.</summary>
    public DataFormat Format { get; init; } = DataFormat.Auto;

    /// <summary>The names of a file's columns, where they are not the known ones.</summary>
    public DataColumns Columns { get; init; } = new();

    /// <summary>
    /// Tokens of the longest row. Text is cut at this length; a longer prompt loses its beginning, a chat its oldest rounds, an answer nothing.
    /// </summary>
    public int MaxLength { get; init; } = 512;

    /// <summary>Which tokens of rows with a prompt and an answer are learnt; of a text all are.</summary>
    public LossTarget LossOn { get; init; } = LossTarget.Completion;

    /// <summary>What the prompts of rows are wrapped in; rows with a history need the chat template.</summary>
    public PromptTemplate Template { get; init; } = PromptTemplate.None;

    /// <summary>What becomes of special tokens, such as <c>&lt;s&gt;</c>, that a text spells out.</summary>
    public SpecialTokenUse SpecialTokens { get; init; } = SpecialTokenUse.Parse;

    /// <summary>Whether rows of similar length stand in one batch, which then has less padding (Hugging Face's group_by_length).</summary>
    public bool GroupByLength { get; init; }

    /// <summary>Which rows each step has.</summary>
    public DataSampler Sampler { get; init; } = DataSampler.Epochs;

    /// <summary>Which share of the training rows is this client's, where all clients have the same files.</summary>
    public PartitionSettings Partition { get; init; } = new();

    internal double? ValidationShare =>
        Validation is [var only] && double.TryParse(only, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) ? share : null;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if ((Train.Count == 0 && Folder.Length == 0 && (Task.Length == 0 || Validation.Count == 0)) || Train.Any(string.IsNullOrWhiteSpace))
            yield return new Problem("train", Task.Length == 0 ? "names no file; e.g. train.jsonl." : "names no file, and data.folder no folder; set one of them.");
        foreach (var problem in TaskProblems())
            yield return problem;
        if (ValidationShare is { } share && !(share > 0 && share < 1))
            yield return new Problem("validation", $"{Validation[0]} is no share; more than 0 and less than 1, or files.");
        if (MaxLength < 2)
            yield return new Problem("max_length", $"{MaxLength} leaves nothing to predict; 2 or more.");
        if (GroupByLength && Sampler == DataSampler.Subsample)
            yield return new Problem("group_by_length", "does not go with data.sampler: subsample, whose rows are drawn whatever their lengths; false.");
        foreach (var problem in Columns.Validate())
            yield return problem with { Key = problem.Key.Length == 0 ? "columns" : $"columns.{problem.Key}" };
        foreach (var problem in Partition.Validate())
            yield return problem with { Key = $"partition.{problem.Key}" };
    }

    private IEnumerable<Problem> TaskProblems()
    {
        if (Task.Length > 0 && KnownTasks.Find(Task) is null)
            yield return new Problem("task", KnownTasks.Unknown(Task));
        if (Task.Length > 0 && Template != PromptTemplate.None)
            yield return new Problem("template", "does not go with data.task, whose data.pattern says whether the chat form is used; none.");
        if (Task.Length > 0 && Columns != new DataColumns())
            yield return new Problem("columns", "do not go with data.task, whose files have columns of their own; leave them out.");
        if (Task.Length > 0 && ValidationShare is not null)
            yield return new Problem("validation", $"{Validation[0]} is a share, and a task has validation files: name them, or set data.folder.");
    }
}
