using FlGlm.Client.Data.Families;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data;

/// <summary>A checkpoint directory's tokenizer, and the form in which its family sets prompts.</summary>
/// <remarks>Immutable, and safe to use from several threads.</remarks>
public sealed class TextTokenizer
{
    private TextTokenizer(TextFamily family) => Family = family;

    /// <summary>Ids the tokenizer knows, marks included; the model's vocabulary V may be larger.</summary>
    public int VocabularySize => Family.VocabularySize;

    /// <summary>The ids that end an answer.</summary>
    public IReadOnlyList<int> StopIds => Family.StopIds;

    internal TextFamily Family { get; }

    /// <summary>Opens a checkpoint directory's tokenizer, whose family its <c>config.json</c> tells.</summary>
    /// <param name="directory">A Hugging Face checkpoint directory.</param>
    /// <exception cref="CheckpointException">A file is missing or malformed, or the tokenizer is not this model's.</exception>
    public static TextTokenizer Open(string directory)
    {
        if (!Directory.Exists(directory))
            throw new CheckpointException(directory, $"There is no checkpoint directory '{directory}'.");
        var ids = ModelIds.Read(Path.Combine(directory, "config.json"));
        var config = TokenizerConfig.Read(directory);
        var path = SentencePieceFile.Find(directory, ids.Family);
        var pieces = SentencePieceFile.Open(path);
        TextFamily family = ids.Family switch
        {
            FamilyName.ChatGlm => ChatGlmText.Create(path, pieces, ids, config),
            FamilyName.ChatGlm2 when config.HasRoles || ids.IsChatGlm3 => new ChatGlm3Text(pieces, ids),
            FamilyName.ChatGlm2 => new ChatGlm2Text(pieces, ids),
            _ => new LlamaText(pieces, ids, config),
        };
        family.Check(path, ids);
        return new TextTokenizer(family);
    }

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text, also none.</param>
    /// <param name="addBos">Whether the opening marks stand first: bos (Llama), [gMASK] sop (ChatGLM2 and 3), none (ChatGLM-6B).</param>
    public IReadOnlyList<int> Encode(string text, bool addBos)
    {
        var ids = Family.Encode(text);
        return addBos ? [.. Family.Form.Opening, .. ids] : ids;
    }

    /// <summary>The ids to generate an answer from; the answer begins right behind them.</summary>
    /// <param name="dialogue">The question.</param>
    /// <param name="template">What it is wrapped in.</param>
    /// <exception cref="ConfigurationException">A history or system text without a template.</exception>
    public IReadOnlyList<int> EncodePrompt(Dialogue dialogue, PromptTemplate template = PromptTemplate.None) =>
        Family.Form.Prompt(Family.EncodeContext(dialogue, template));

    /// <summary>The text of ids; those beyond the vocabulary are left out, and marks but ChatGLM3's between two turns.</summary>
    public string Decode(IEnumerable<int> ids) => Family.Decode(ids);

    /// <summary>An answer as the published chat shows it: trimmed, and for ChatGLM its placeholders and punctuation put right.</summary>
    public string CleanAnswer(string answer) => Family.CleanAnswer(answer);

    /// <summary>How many characters of a cleaned answer are as they are whatever follows.</summary>
    /// <param name="answer">What <see cref="CleanAnswer"/> made of an answer's beginning without the blanks at its end.</param>
    public int SettledLength(string answer) => Family.SettledLength(answer);
}
