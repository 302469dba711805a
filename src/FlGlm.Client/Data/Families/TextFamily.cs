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

    /// <summary>What the published model's chat makes of an answer.</summary>
    internal virtual string CleanAnswer(string answer) => answer.Trim();

    /// <inheritdoc cref="TextTokenizer.SettledLength"/>
    internal virtual int SettledLength(string answer) => answer.Length;

    /// <summary>The ids of a dialogue, the marks of <see cref="Form"/> not among them.</summary>
    internal IReadOnlyList<int> EncodeContext(Dialogue dialogue, PromptTemplate template)
    {
        if (template == PromptTemplate.Chat)
            return EncodeChat(dialogue);
        return dialogue.NeedsTemplate
            ? throw new ConfigurationException("data.template", "none has no place for what was said before the question; chat.")
            : Encode(dialogue.Prompt);
    }

    /// <summary>The ids of the answer to a dialogue of that template.</summary>
    internal IReadOnlyList<int> EncodeAnswer(string answer, PromptTemplate template) =>
        template == PromptTemplate.Chat ? EncodeChatAnswer(answer) : Encode(answer);

    /// <summary>
    /// A text in rows of at most <paramref name="maxLength"/> tokens. Every row has its marks, the text's end the closing one.
    /// </summary>
    internal virtual IEnumerable<Example> CutText(string text, int maxLength)
    {
        var marks = Form.MarkCount;
        if (maxLength <= marks)
        {
            throw new ConfigurationException(
                "data.max_length", $"{maxLength} leaves no token of text between a row's {marks} marks; {marks + 1} or more.");
        }

        var rows = Encode(text).Chunk(maxLength - marks).ToList();
        for (var row = 0; row < rows.Count; row++)
            yield return (row < rows.Count - 1 ? Form with { Closing = [] } : Form).Sample([], rows[row], LossTarget.Completion);
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

    private protected abstract IReadOnlyList<int> EncodeChat(Dialogue dialogue);

    private protected virtual IReadOnlyList<int> EncodeChatAnswer(string answer) => Encode(answer);
}
