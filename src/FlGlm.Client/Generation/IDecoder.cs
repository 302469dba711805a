using static TorchSharp.torch;

namespace FlGlm.Client.Generation;

/// <summary>A model that computes prompts once and then one token per row, with cached keys and values.</summary>
public interface IDecoder
{
    /// <summary>The number type that the model computes with, for messages.</summary>
    ScalarType Dtype { get; }

    /// <summary>Computes whole prompts; the earlier cache is dropped.</summary>
    /// <param name="prompts">[R] token ids of each row, of any lengths</param>
    /// <returns>[R][V] logits of the token after each prompt</returns>
    Task<float[][]> PrefillAsync(IReadOnlyList<int[]> prompts, CancellationToken ct);

    /// <summary>Computes one more token per row.</summary>
    /// <param name="tokens">[R] the next token of each row</param>
    /// <param name="rows">[R] for each row, the row of the last call that it continues: rows may be left out, repeated (beams) and moved</param>
    /// <returns>[R][V] logits of the token after each</returns>
    Task<float[][]> DecodeAsync(IReadOnlyList<int> tokens, IReadOnlyList<int> rows, CancellationToken ct);

    /// <summary>Computes given tokens behind rows of the last call, and how likely each is after those before it.</summary>
    /// <param name="tokens">[R] two or more of each row: the first is read, the others are judged; the last is not read</param>
    /// <param name="rows">[R] for each row, the row of the last call that it continues</param>
    /// <returns>[R] log p of every token but the first</returns>
    Task<float[][]> JudgeAsync(IReadOnlyList<int[]> tokens, IReadOnlyList<int> rows, CancellationToken ct);
}
