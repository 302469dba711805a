using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Families;

/// <summary>How one model family turns text into ids, and sets prompts and answers.</summary>
internal abstract class TextFamily
{
    /// <summary>The published model's name.</summary>
    internal abstract string Name { get; }

    /// <summary>Ids known, marks included.</summary>
    internal abstract int VocabularySize { get; }

    internal abstract SequenceForm Form { get; }

    /// <summary>The ids that end an answer.</summary>
    internal abstract IReadOnlyList<int> StopIds { get; }

    /// <summary>The ids of a text, no marks around it.</summary>
    internal abstract IReadOnlyList<int> Encode(string text);

    /// <summary>The text of ids, marks left out.</summary>
    internal abstract string Decode(IEnumerable<int> ids);

    /// <summary>The special tokens that a text spells out and that become their ids.</summary>
    internal virtual IEnumerable<string> SpecialTokensIn(string text) => [];

    /// <summary>What the published model's chat makes of an answer.</summary>
    internal virtual string CleanAnswer(string answer) => answer.Trim();

    /// <inheritdoc cref="TextTokenizer.SettledLength"/>
    internal virtual int SettledLength(string answer) => answer.Length;

    /// <summary>The marks around a dialogue of that template.</summary>
    internal virtual SequenceForm FormOf(PromptTemplate template) => Form;

    /// <summary>The marks around a prompt whose answer belongs to a mask inside it; null where the family has no such mask.</summary>
    internal virtual SequenceForm? MaskForm => null;

    /// <summary>The ids of a prompt with masks in it, each written as null.</summary>
    internal virtual IReadOnlyList<int> EncodeMasked(IReadOnlyList<string?> texts) =>
        throw new InvalidOperationException($"A {Name} has no mask.");

    /// <summary>Whether the chat form ends every answer with a mark, so that earlier ones can be learnt in one row with the last.</summary>
    internal virtual bool EndsEveryAnswer => false;

    /// <summary>Whether the checkpoint's chat form is one that is known.</summary>
    internal virtual bool HasChat => true;

    /// <summary>The ids to answer, the marks of the form not among them.</summary>
    internal IReadOnlyList<int> EncodeQuestion(Dialogue dialogue, PromptTemplate template)
    {
        if (template == PromptTemplate.Chat)
            return [.. EncodeChat(dialogue, answer: null).SelectMany(turn => turn.Question.Concat(turn.Answer))];
        return dialogue.NeedsTemplate
            ? throw new ConfigurationException("data.template", "none has no place for what was said before the question; chat.")
            : Encode(dialogue.Prompt);
    }

    /// <summary>A dialogue and the answer to its question, one turn for each question where <see cref="EndsEveryAnswer"/>, else one for all.</summary>
    internal IReadOnlyList<EncodedTurn> EncodeTurns(Dialogue dialogue, string answer, PromptTemplate template)
    {
        if (template == PromptTemplate.Chat)
            return EncodeChat(dialogue, answer);
        var isOneText = answer.Length > 0 && char.IsWhiteSpace(answer[0]) && Form.AnswerMarks.Count == 0;
        return [isOneText ? EncodeJoined(dialogue.Prompt, answer) : new EncodedTurn(Encode(dialogue.Prompt), Encode(answer))];
    }

    /// <summary>The text of an answer as it goes on behind its prompt: where no mark stands between them, a blank in front is part of it.</summary>
    /// <param name="prompt">The ids before the answer.</param>
    /// <param name="answer">The answer's ids.</param>
    internal string DecodeAnswer(IEnumerable<int> prompt, IReadOnlyList<int> answer)
    {
        if (Form.AnswerMarks.Count > 0)
            return Decode(answer);
        int[] context = [.. prompt];
        var before = Decode(context);
        var whole = Decode([.. context, .. answer]);
        return whole.StartsWith(before, StringComparison.Ordinal) ? whole[before.Length..] : Decode(answer);
    }

    /// <summary>
    /// A text in rows of at most <paramref name="maxLength"/> tokens. Every row has its marks, the text's end the closing one.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">Tokens of the longest row.</param>
    /// <param name="isDocument">Whether the text is one of several, so that its end is learnt.</param>
    internal virtual IEnumerable<Example> CutText(string text, int maxLength, bool isDocument)
    {
        var marks = Form.MarkCount;
        if (maxLength <= marks)
        {
            throw new ConfigurationException(
                "data.max_length", $"{maxLength} leaves no token of text between a row's {marks} marks; {marks + 1} or more.");
        }

        var rows = Encode(text).Chunk(maxLength - marks).ToList();
        for (var row = 0; row < rows.Count; row++)
            yield return (row < rows.Count - 1 ? Form with { Closing = [] } : Form).Sample([], rows[row]);
    }

    /// <summary>Refuses a tokenizer that does not fit into the model's vocabulary.</summary>
    internal void Check(string path, ModelIds ids)
    {
        var padding = ids.VocabularySize - VocabularySize;
        if (padding < 0 || padding > MostPadding)
        {
            throw new CheckpointException(
                path,
                $"'{path}' has {VocabularySize} pieces, {(padding < 0 ? "more" : "far fewer")} than the model's vocab_size "
                + $"{ids.VocabularySize}: it is another model's tokenizer.");
        }

        foreach (var (name, mark) in Form.Opening.Select(id => ("bos", id)).Concat(StopIds.Select(id => ("eos", id))))
        {
            if (mark >= ids.VocabularySize)
                throw OutsideVocabulary(name, mark);
        }

        CheckpointException OutsideVocabulary(string name, int mark) => new(
            path, $"The {name} id {mark} beside '{path}' lies outside the model's vocab_size {ids.VocabularySize}: correct config.json.");
    }

    /// <summary>The most ids of the model that its tokenizer may not know.</summary>
    private protected virtual int MostPadding => int.MaxValue;

    /// <summary>The turns of a dialogue in the chat form.</summary>
    /// <param name="dialogue">The dialogue.</param>
    /// <param name="answer">The answer to its question; null = it is still to be given.</param>
    private protected abstract IReadOnlyList<EncodedTurn> EncodeChat(Dialogue dialogue, string? answer);

    /// <summary>A prompt and its answer encoded as one text. A token that has letters of both is the answer's.</summary>
    private protected EncodedTurn EncodeJoined(string prompt, string answer)
    {
        var joined = Encode(prompt + answer);
        var alone = Encode(prompt);
        var text = Decode(alone);
        var seam = joined.Zip(alone).TakeWhile(pair => pair.First == pair.Second).Count();
        for (var end = seam + 1; end <= joined.Count; end++)
        {
            var begun = Decode(joined.Take(end));
            if (text.StartsWith(begun, StringComparison.Ordinal))
                seam = end;
            else if (begun.Length > text.Length)
                break;
        }

        return new EncodedTurn([.. joined.Take(seam)], [.. joined.Skip(seam)]);
    }
}
