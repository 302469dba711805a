using FlGlm.Client.Data.Families;

namespace FlGlm.Client.Data;

/// <summary>Causal language modelling: a text is tokenised whole and cut into rows; every token is learnt.</summary>
internal static class TextRows
{
    private const string SingleToken = "a last row of one token";

    /// <summary>Cuts a text.</summary>
    internal static void Read(string text, TextFamily family, int maxLength, RowCollector rows)
    {
        foreach (var row in family.CutText(text, maxLength))
        {
            if (row.Ids.Length >= 2)
                rows.Keep(row);
            else
                rows.Drop(SingleToken);
        }
    }
}
