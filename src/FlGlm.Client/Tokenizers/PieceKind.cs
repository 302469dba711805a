namespace FlGlm.Client.Tokenizers;

/// <summary>What a piece of a SentencePiece model is for; the numbers are those of <c>sentencepiece_model.proto</c>.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}
