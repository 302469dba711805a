namespace FlGlm.Privacy.Metrics;

/// <summary>How much of one row an attack has found.</summary>
/// <param name="Top1">tokens that are the first guess</param>
/// <param name="Top5">tokens that are among the guesses</param>
/// <param name="Rouge">ROUGE-1, ROUGE-2 and ROUGE-L, F1; null where there is no text</param>
/// <param name="Bleu">BLEU-4</param>
internal sealed record RowScore(int Tokens, int Top1, int Top5, (double One, double Two, double L)? Rouge, double Bleu);
