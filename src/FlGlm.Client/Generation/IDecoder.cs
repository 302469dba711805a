namespace FlGlm.Client.Generation;

/// <summary>A model that reads prompts once and then one token per row, keeping keys and values.</summary>
public interface IDecoder
{
    /// <summary>Reads whole prompts; what was cached before is gone.</summary>
    /// <param name="prompts">[R] token ids of each row, of any lengths</param>
    /// <returns>[R][V] logits of the token after each prompt</returns>
    Task<float[][]> PrefillAsync(IReadOnlyList<int[]> prompts, CancellationToken ct);

    /// <summary>Reads one token more per row.</summary>
    /// <param name="tokens">[R] the token each row goes on with</param>
    /// <param name="rows">[R] which row of the last call each one continues: rows may be left out, repeated (beams) and moved</param>
    /// <returns>[R][V] logits of the token after each</returns>
    Task<float[][]> DecodeAsync(IReadOnlyList<int> tokens, IReadOnlyList<int> rows, CancellationToken ct);
}
