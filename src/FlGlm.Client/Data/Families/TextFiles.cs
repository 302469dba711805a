using System.Text.Json;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data.Families;

/// <summary>What the checkpoint directories of a family say of its text, and under which names: tokenizer, marks, the form of prompts.</summary>
internal abstract class TextFiles
{
    /// <summary>A ChatGLM-6B's tokenizer.</summary>
    protected const string IceText = "ice_text.model";

    private static readonly Dictionary<FamilyName, TextFiles> Known = new()
    {
        [FamilyName.Llama] = new LlamaFiles(), [FamilyName.ChatGlm] = new ChatGlmFiles(), [FamilyName.ChatGlm2] = new ChatGlm2Files(),
    };

    /// <summary>The key of V in <c>config.json</c>.</summary>
    public virtual string VocabularyKey => "vocab_size";

    /// <summary>Those of a family.</summary>
    public static TextFiles Of(FamilyName family) => Known[family];

    /// <summary>What every row holds; null where rows hold only text.</summary>
    public virtual ContextMarks? ReadMarks(JsonElement config, string path) => null;

    /// <summary>Reads the tokenizer.</summary>
    /// <exception cref="CheckpointException">It is not there; where another family's is, the message says so.</exception>
    public abstract TokenizerDefinition ReadTokenizer(string directory);

    /// <summary>What a person should know of these files.</summary>
    public virtual IEnumerable<string> Warnings(string directory, ModelIds ids, TextPieces pieces) => [];

    /// <summary>The form in which prompts are set.</summary>
    /// <param name="path">of the tokenizer, for messages</param>
    /// <param name="parsesSpecialTokens">whether a text may spell special tokens</param>
    public abstract TextFamily CreateFamily(string path, TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens);

    protected static CheckpointException Missing(string directory, string needed)
    {
        string[] others = [TokenizerFolder.Json, TokenizerFolder.Model, IceText];
        var found = others.FirstOrDefault(name => File.Exists(Path.Combine(directory, name)));
        var has = found switch
        {
            null => "no tokenizer",
            TokenizerFolder.Json => "only a tokenizer.json",
            _ => $"only {found}, the tokenizer of another model family",
        };
        return new CheckpointException(directory, $"'{directory}' has {has}: the model's {needed} needed; copy it there.");
    }
}
