namespace FlGlm.Client.Data;

/// <summary>One row of training data.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Labels">Each id itself where the loss is taken on it, else <see cref="Ignored"/>. Not shifted: the loss shifts.</param>
public sealed record Example(int[] Ids, int[] Labels)
{
    /// <summary>The label of a token that the loss leaves out; as in Hugging Face.</summary>
    public const int Ignored = -100;

    /// <summary>A row of which the last <paramref name="targets"/> tokens are learnt.</summary>
    internal static Example WithTargets(int[] ids, int targets)
    {
        var labels = (int[])ids.Clone();
        labels.AsSpan(0, ids.Length - targets).Fill(Ignored);
        return new Example(ids, labels);
    }
}
