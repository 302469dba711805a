using FlGlm.Client.Data;
using FlGlm.Client.Data.Families;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tasks;

/// <summary>Makes token ids of a task's questions, for training and evaluation alike.</summary>
internal sealed class TaskEncoder
{
    /// <summary>The most cuts that are tried for one row.</summary>
    private const int MostCuts = 8;

    private readonly TextFamily _family;
    private readonly LanguageTask _task;
    private readonly PromptTemplate _template;
    private readonly SequenceForm _form;

    /// <param name="name">the pattern's name; empty = the task's first that the model can take</param>
    /// <exception cref="ConfigurationException">The task has no such pattern, or the model cannot take it.</exception>
    public TaskEncoder(TextTokenizer tokenizer, LanguageTask task, string name)
    {
        (_family, _task) = (tokenizer.Family, task);
        Pattern = Choose(name);
        _template = Pattern.IsChat ? PromptTemplate.Chat : PromptTemplate.None;
        _form = Pattern.HasMask ? _family.MaskForm! : _family.FormOf(_template);
    }

    /// <summary>The words that are used.</summary>
    public PromptPattern Pattern { get; }

    /// <summary>The question with each of these answers; a prompt that is too long loses the end of its shortenable parts, the longest first.</summary>
    /// <param name="answers">texts; one that is empty leaves room for an answer to come</param>
    /// <param name="maxLength">tokens of the longest row, marks included</param>
    /// <returns>null where what may not be shortened is too long already</returns>
    public EncodedQuestion? Encode(TaskItem item, IReadOnlyList<string> answers, int maxLength)
    {
        var parts = Pattern.Parts(item);
        var whole = Encode(parts, answers, isShortened: false);
        if (whole.Length <= maxLength)
            return whole;
        var least = Encode(Cut(parts, 0), answers, isShortened: true);
        if (least.Length > maxLength)
            return null;
        var longest = answers[whole.Turns.Index().MaxBy(turn => turn.Item.Length).Index];
        for (var length = LongestCut(parts, longest, whole.Length, least.Length, maxLength); length > 0; length--)
        {
            var cut = Encode(Cut(parts, length), answers, isShortened: true);
            if (cut.Length <= maxLength)
                return cut;
        }

        return least;
    }

    /// <summary>
    /// Looks for the most characters of a shortenable part that fit: by how many tokens the last cut was too long or too short, and how many
    /// characters a token has here.
    /// </summary>
    private int LongestCut(IReadOnlyList<PromptPart> parts, string answer, int whole, int least, int maxLength)
    {
        var shortenable = parts.Where(part => part.IsShortenable).Select(part => part.Text.Length).ToList();
        var charactersPerToken = Math.Max(1, shortenable.Sum() / (double)(whole - least) / shortenable.Count);
        var (fits, tooLong) = (0, shortenable.Max());
        var guess = tooLong - Characters(whole - maxLength);
        for (var tries = 0; tries < MostCuts && tooLong - fits > 1; tries++)
        {
            guess = Math.Clamp(guess, fits + 1, tooLong - 1);
            var length = _form.MarkCount + Turn(Cut(parts, guess), answer).Length;
            if (length <= maxLength)
                fits = guess;
            else
                tooLong = guess;
            if (length == maxLength)
                break;
            guess += length < maxLength ? Characters(maxLength - length) : -Characters(length - maxLength);
        }

        return fits;

        int Characters(int tokens) => (int)Math.Ceiling(tokens * charactersPerToken);
    }

    private PromptPattern Choose(string name)
    {
        var patterns = _task.Patterns;
        if (name.Length == 0)
        {
            return patterns.FirstOrDefault(pattern => !pattern.HasMask || _family.MaskForm is not null) ?? throw new ConfigurationException(
                "data.task", $"'{_task.Name}' has no words that a {_family.Name} can take; it has {string.Join(", ", patterns.Select(pattern => pattern.Name))}.");
        }

        var chosen = patterns.FirstOrDefault(pattern => pattern.Name == name) ?? throw new ConfigurationException(
            "data.pattern", $"'{_task.Name}' has no '{name}'; it has {string.Join(", ", patterns.Select(pattern => pattern.Name))}.");
        if (chosen.IsChat && !_family.HasChat)
        {
            throw new ConfigurationException(
                "data.pattern",
                $"'{name}' stands in the model's chat form, and the checkpoint's chat_template is none that is known; {string.Join(", ", patterns.Where(pattern => !pattern.IsChat && !pattern.HasMask).Select(pattern => pattern.Name))}.");
        }

        return !chosen.HasMask || _family.MaskForm is not null ? chosen : throw new ConfigurationException(
            "data.pattern",
            $"'{name}' puts its answer in the place of a mask, which a {_family.Name} does not have; {string.Join(", ", patterns.Where(pattern => !pattern.HasMask).Select(pattern => pattern.Name))}.");
    }

    private EncodedQuestion Encode(IReadOnlyList<PromptPart> parts, IReadOnlyList<string> answers, bool isShortened) =>
        new([.. answers.Select(answer => Turn(parts, answer))], _form, isShortened);

    private EncodedTurn Turn(IReadOnlyList<PromptPart> parts, string answer)
    {
        if (Pattern.HasMask)
            return new EncodedTurn(_family.EncodeMasked([.. parts.Select(part => part.IsMask ? null : part.Text)]), _family.Encode(answer));
        var dialogue = new Dialogue(string.Concat(parts.Select(part => part.Text))) { System = Pattern.System };
        if (answer.Length == 0)
            return new EncodedTurn(_family.EncodeQuestion(dialogue, _template), []);
        var blank = Pattern.HasBlank && !Pattern.IsChat && _form.AnswerMarks.Count == 0 ? " " : "";
        return _family.EncodeTurns(dialogue, blank + answer, _template)[^1];
    }

    /// <summary>The parts with at most so many characters of each shortenable one, no character cut in two.</summary>
    private static IReadOnlyList<PromptPart> Cut(IReadOnlyList<PromptPart> parts, int length) =>
        [.. parts.Select(part => part.IsShortenable && part.Text.Length > length ? part with { Text = Cut(part.Text, length) } : part)];

    private static string Cut(string text, int length) =>
        text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)].TrimEnd();
}
