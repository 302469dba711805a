namespace FlGlm.Client.Tokenizers;

/// <summary>Which blanks in front of a decoded text are left out.</summary>
internal enum FrontBlanks
{
    /// <summary>None: encoding adds none.</summary>
    Stay,

    /// <summary>One, which encoding adds.</summary>
    One,

    /// <summary>One of each piece before the first text, where the normalizer removes extra blanks.</summary>
    OneOfEachPiece,
}
