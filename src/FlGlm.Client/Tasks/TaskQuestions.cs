using FlGlm.Client.Data;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tasks;

/// <summary>A task's questions as one model reads them: the words chosen for it, the answers, and their token ids.</summary>
internal sealed class TaskQuestions(CheckpointText model, LanguageTask task, string patternName)
{
    private readonly Lazy<TaskEncoder> _encoder = new(() => new TaskEncoder(model.Tokenizer, task, patternName));

    /// <summary>The task.</summary>
    public LanguageTask Task => task;

    /// <summary>The words that the questions are set in.</summary>
    public PromptPattern Pattern => _encoder.Value.Pattern;

    /// <summary>Reads rows to train on.</summary>
    public IRowFields FieldsToTrain => new TaskFields(row => task.ReadToTrain(row, Pattern));

    /// <summary>Reads rows to evaluate.</summary>
    public IRowFields FieldsToEvaluate => new TaskFields(task.Read);

    /// <summary>The answers to choose from; none where the answer is free.</summary>
    public IReadOnlyList<TaskChoice> Choices(TaskItem item) => Pattern.Choices(item, task.Labels);

    /// <summary>The question with the answers to choose from, else with its right ones: those that <see cref="RightAnswers"/> counts.</summary>
    /// <returns>null where it is too long</returns>
    /// <exception cref="DataException">A text spells a mark that this model's prompts end with.</exception>
    public EncodedQuestion? Encode(RowPlace place, TaskItem item, int maxLength)
    {
        var choices = Choices(item);
        IReadOnlyList<string> answers = choices.Count > 0 ? [.. choices.Select(choice => choice.Text)] : FreeAnswers(item);
        return answers.Count > 0 ? Checked(place, _encoder.Value.Encode(item, answers, maxLength)) : Question(place, item, maxLength);
    }

    /// <summary>The question alone, before an answer of any text.</summary>
    /// <inheritdoc cref="Encode"/>
    public EncodedQuestion? Question(RowPlace place, TaskItem item, int maxLength) => Checked(place, _encoder.Value.Encode(item, [""], maxLength));

    /// <summary>Which of the encoded answers are right.</summary>
    public IReadOnlyList<int> RightAnswers(TaskItem item)
    {
        var choices = Choices(item);
        return choices.Count > 0
            ? [.. choices.Index().Where(choice => item.Gold.Contains(choice.Item.Label)).Select(choice => choice.Index)]
            : [.. Enumerable.Range(0, FreeAnswers(item).Count)];
    }

    /// <summary>The label to count; empty where the right answer is none of the task's labels.</summary>
    public string LabelOf(string gold) => task.Labels.Contains(gold) ? gold : "";

    /// <summary>The label of a question; null where it has none, or several.</summary>
    public string? LabelOf(TaskItem item) => item.Gold is [var only] && LabelOf(only) is { Length: > 0 } label ? label : null;

    /// <summary>The special tokens that a question's texts spell out.</summary>
    public IEnumerable<string> SpecialTokensIn(TaskItem item) =>
        item.Fields.Values.Concat(item.Choices.Select(choice => choice.Text)).SelectMany(model.Tokenizer.Family.SpecialTokensIn).Distinct();

    private static IReadOnlyList<string> FreeAnswers(TaskItem item) => item.Answers ?? item.Gold;

    private EncodedQuestion? Checked(RowPlace place, EncodedQuestion? question)
    {
        if (question is null || model.Ids.Marks is not { } marks)
            return question;
        foreach (var turn in question.Turns)
        {
            var masks = turn.Question.Count(id => id == marks.Mask) + turn.Question.Count(id => id == marks.GMask);
            if (turn.Question.Contains(marks.Start) || masks > (Pattern.HasMask ? 1 : 0))
                throw place.Wrong(" spells out a mark of the model, [MASK], [gMASK] or <sop>; data.special_tokens: text keeps it text.");
        }

        return question;
    }
}
