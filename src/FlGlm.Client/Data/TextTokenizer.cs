using FlGlm.Client.Data.Families;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Data;

/// <summary>A checkpoint directory's tokenizer, and the form in which its family sets prompts.</summary>
/// <remarks>Immutable, and safe to use from several threads.</remarks>
public sealed class TextTokenizer
{
    private TextTokenizer(TextFamily family, Tokenizer tokenizer, IReadOnlyList<string> warnings)
    {
        Family = family;
        Tokenizer = tokenizer;
        Warnings = warnings;
    }

    /// <summary>What makes ids of text: a <see cref="HuggingFaceTokenizer"/>, or the one given to <see cref="Create"/>.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>What a person should know of the checkpoint's files, each in one line; none where all is well.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Ids the tokenizer knows, marks included; the model's vocabulary V may be larger.</summary>
    public int VocabularySize => Family.VocabularySize;

    /// <summary>The ids that end an answer.</summary>
    public IReadOnlyList<int> StopIds => Family.StopIds;

    internal TextFamily Family { get; }

    /// <summary>Opens a checkpoint directory's tokenizer, whose family its <c>config.json</c> tells.</summary>
    /// <param name="directory">A Hugging Face checkpoint directory.</param>
    /// <param name="specialTokens">What becomes of special tokens that a text spells out.</param>
    /// <exception cref="CheckpointException">A file is missing or malformed, or the tokenizer is not this model's.</exception>
    public static TextTokenizer Open(string directory, SpecialTokenUse specialTokens = SpecialTokenUse.Parse)
    {
        var ids = ReadIds(directory);
        var definition = ids.Files.ReadTokenizer(directory);
        var pieces = new TextPieces(new HuggingFaceTokenizer(definition));
        string[] warnings =
        [
            .. TokenizerFolder.Difference(directory, definition) is { } difference ? [difference] : Array.Empty<string>(),
            .. TokenizerWarnings.OfConfig(directory),
            .. ids.Files.Warnings(directory, ids, pieces),
        ];
        return Make(directory, ids, definition.Path, pieces, specialTokens != SpecialTokenUse.Text, warnings);
    }

    /// <summary>A checkpoint directory's form of text with another tokenizer than its own; no tokenizer needs to be there.</summary>
    /// <param name="directory">A Hugging Face checkpoint directory.</param>
    /// <param name="tokenizer">
    /// Any tokenizer of Microsoft.ML.Tokenizers. Marks around a text are the family's: those that the package's own tokenizers add are left out.
    /// </param>
    /// <param name="vocabulary">
    /// Its pieces with their ids, where it is not one of <see cref="HuggingFaceTokenizer"/>, <see cref="SentencePieceTokenizer"/> and
    /// <see cref="BpeTokenizer"/>, which say it themselves. A ChatGLM needs it, a Llama not.
    /// </param>
    /// <exception cref="CheckpointException">A file is missing or malformed, or the tokenizer is not this model's.</exception>
    /// <exception cref="ArgumentException">A ChatGLM's marks cannot be told without a vocabulary.</exception>
    public static TextTokenizer Create(string directory, Tokenizer tokenizer, IReadOnlyDictionary<string, int>? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Make(directory, ReadIds(directory), directory, new TextPieces(tokenizer, vocabulary), parsesSpecialTokens: false, []);
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
        Family.Form.Prompt(Family.EncodeQuestion(dialogue, template));

    /// <summary>A row to train on: a question with its answer, which is learnt.</summary>
    /// <param name="dialogue">The question.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="template">What the question is wrapped in.</param>
    /// <exception cref="ConfigurationException">A history or system text without a template.</exception>
    public Example EncodeExample(Dialogue dialogue, string answer, PromptTemplate template = PromptTemplate.None)
    {
        var turns = Family.EncodeTurns(dialogue, answer, template);
        return Family.FormOf(template).Sample(turns, [.. Enumerable.Repeat(false, turns.Count - 1), true], learnsRest: false);
    }

    /// <summary>The text of ids; those beyond the vocabulary are left out, and marks but ChatGLM3's between two turns.</summary>
    public string Decode(IEnumerable<int> ids) => Family.Decode(ids);

    /// <summary>An answer as it was generated: prompt and text joined are what the model wrote.</summary>
    /// <param name="prompt">The ids that it was generated from.</param>
    /// <param name="answer">Its ids.</param>
    /// <param name="template">What the prompt is wrapped in. A chat's answer is cleaned as <see cref="CleanAnswer"/> does.</param>
    public string DecodeAnswer(IEnumerable<int> prompt, IReadOnlyList<int> answer, PromptTemplate template = PromptTemplate.None) =>
        template == PromptTemplate.Chat ? CleanAnswer(Decode(answer)) : Family.DecodeAnswer(prompt, answer);

    /// <summary>An answer as the published chat shows it: trimmed, and for ChatGLM its placeholders and punctuation put right.</summary>
    public string CleanAnswer(string answer) => Family.CleanAnswer(answer);

    /// <summary>How many characters of a cleaned answer are as they are whatever follows.</summary>
    /// <param name="answer">What <see cref="CleanAnswer"/> made of an answer's beginning without the blanks at its end.</param>
    public int SettledLength(string answer) => Family.SettledLength(answer);

    private static ModelIds ReadIds(string directory) => Directory.Exists(directory)
        ? ModelIds.Read(Path.Combine(directory, "config.json"))
        : throw new CheckpointException(directory, $"There is no checkpoint directory '{directory}'.");

    /// <param name="parsesSpecialTokens">Whether a text may spell special tokens. Of ChatGLM2 and 3 none can be spelled.</param>
    private static TextTokenizer Make(
        string directory, ModelIds ids, string path, TextPieces pieces, bool parsesSpecialTokens, IReadOnlyList<string> warnings)
    {
        var family = ids.Files.CreateFamily(path, pieces, ids, TokenizerConfig.Read(directory), parsesSpecialTokens);
        family.Check(path, ids);
        return new TextTokenizer(family, pieces.Tokenizer, warnings);
    }
}
