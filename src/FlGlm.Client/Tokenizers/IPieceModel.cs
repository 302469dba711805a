namespace FlGlm.Client.Tokenizers;

/// <summary>Cuts a text, normalized where the model wants it so, into the ids of its pieces. Safe to use from several threads.</summary>
internal interface IPieceModel
{
    int[] Encode(string text);
}
