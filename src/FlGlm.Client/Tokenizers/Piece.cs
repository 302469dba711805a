namespace FlGlm.Client.Tokenizers;

/// <summary>One piece of a SentencePiece model; its place in the file is its id.</summary>
/// <param name="Text">The piece, its blanks written as U+2581.</param>
/// <param name="Score">Of a BPE: minus the order of merging. Of a Unigram: the logarithm of its probability.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct Piece(string Text, float Score, PieceKind Kind);
