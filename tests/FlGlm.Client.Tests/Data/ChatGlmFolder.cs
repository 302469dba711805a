using System.Text;
using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>
/// A temporary folder with a ChatGLM-6B's text files. Its model knows bytes and the published special pieces in the published order, so that
/// with 129995 image tokens before them they have the published ids: [MASK] 130000 to dBLOCK 130007, tab, blanks, bytes from 130088.
/// </summary>
public sealed class ChatGlmFolder : IDisposable
{
    internal const int ImageTokens = 129995;
    internal const int GMask = 130001;
    internal const int Start = 130004;

    /// <summary>Control symbols, which only a special string of the code's own gives.</summary>
    internal static readonly string[] Controls = ["[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>"];

    internal static readonly string[] Symbols =
        ["<n>", .. Controls, "<|tab|>", .. Enumerable.Range(2, 79).Select(count => $"<|blank_{count}|>")];

    private readonly TempFolder _folder = new();

    public ChatGlmFolder()
    {
        Write("config.json", """
            {"model_type": "chatglm", "inner_hidden_size": 8, "vocab_size": 130528, "bos_token_id": 130004, "eos_token_id": 130005}
            """);
        Write("tokenizer_config.json", $$"""{"num_image_tokens": {{ImageTokens}}}""");
        Write("ice_text.model", TextModel());
    }

    internal string Path => _folder.Path;

    /// <summary>The <c>ice_text.model</c>: its own id of [MASK] is 5, and it has 349 pieces.</summary>
    internal static byte[] TextModel() => ByteTokenizer.Model([("<pad>", true), .. Symbols.Select(symbol => (symbol, Controls.Contains(symbol)))]);

    internal TextTokenizer Open() => TextTokenizer.Open(Path);

    internal string Write(string name, string content) => _folder.Write(name, content);

    internal string Write(string name, byte[] content) => _folder.Write(name, content);

    internal Dataset Load(string name, string content, DataSettings? settings = null) =>
        Dataset.Load((settings ?? new DataSettings()) with { Train = [Write(name, content)] }, Path, maxPositions: 2048);

    /// <summary>The ids of a text without special strings.</summary>
    internal static int[] Ids(string text) =>
        [.. Encoding.UTF8.GetBytes(text).Select(value => value == '\n' ? 4 + ImageTokens : value == '\t' ? 130008 : 130088 + value)];

    public void Dispose() => _folder.Dispose();
}
