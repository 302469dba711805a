using System.Globalization;
using System.Text;

namespace FlGlm.Testing;

/// <summary>
/// Writes a SentencePiece model whose pieces are single bytes, so that tests can count tokens by hand: unk 0, bos 1, eos 2, byte b is id b + 3.
/// </summary>
public static class ByteTokenizer
{
    /// <summary>The number of the model's ids.</summary>
    public const int Size = 259;

    /// <summary>Field numbers of sentencepiece_model.proto: pieces 1, trainer_spec 2, normalizer_spec 3.</summary>
    /// <param name="symbols">
    /// pieces of their own, between the marks and the bytes, whose ids move up: a control symbol is a mark that no text gives, another is text
    /// </param>
    public static byte[] Model(params IEnumerable<(string Text, bool IsControl)> symbols)
    {
        var model = new List<byte>();
        AddPiece(model, "<unk>", kind: 2);
        AddPiece(model, "<s>", kind: 3);
        AddPiece(model, "</s>", kind: 3);
        foreach (var (text, isControl) in symbols)
            AddPiece(model, text, kind: (byte)(isControl ? 3 : 4));
        for (var value = 0; value < 256; value++)
            AddPiece(model, string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), kind: 6);
        AddMessage(model, 2, [3 << 3, 2, 0x98, 0x02, 1]);                  // model_type (3) = BPE, byte_fallback (35) = true
        AddMessage(model, 3, [3 << 3, 0, 4 << 3, 0, 5 << 3, 0]);          // no dummy prefix, spaces kept and not escaped
        return [.. model];
    }

    /// <summary>A checkpoint directory's <c>tokenizer.model</c> and a <c>config.json</c> with this vocabulary size.</summary>
    public static void WriteTo(string directory, int vocabularySize = Size)
    {
        File.WriteAllBytes(Path.Combine(directory, "tokenizer.model"), Model());
        File.WriteAllText(
            Path.Combine(directory, "config.json"),
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"model_type": "llama", "vocab_size": {{vocabularySize}}, "bos_token_id": 1, "eos_token_id": 2}"""));
    }

    /// <summary>The ids of a text, without marks.</summary>
    public static int[] Ids(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => value + 3)];

    private static void AddPiece(List<byte> model, string text, byte kind) =>
        AddMessage(model, 1, [(1 << 3) | 2, (byte)text.Length, .. Encoding.ASCII.GetBytes(text), 3 << 3, kind]);

    private static void AddMessage(List<byte> model, byte field, byte[] content) =>
        model.AddRange([(byte)((field << 3) | 2), (byte)content.Length, .. content]);
}
