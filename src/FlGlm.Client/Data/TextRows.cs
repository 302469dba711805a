namespace FlGlm.Client.Data;

/// <summary>Causal language modelling: a text is tokenised whole and cut into rows; every token is learnt.</summary>
internal static class TextRows
{
    internal const string SingleToken = "a last row of one token";

    /// <summary>Cuts a text. The beginning mark, where the tokenizer adds one, stands once, before the first token.</summary>
    internal static void Read(string text, TextTokenizer tokenizer, int maxLength, RowCollector rows)
    {
        var ids = tokenizer.Encode(text, tokenizer.AddsBos).ToList();
        if (tokenizer is { AddsEos: true, EosId: { } eos })
            ids.Add(eos);
        foreach (var row in ids.Chunk(maxLength))
        {
            if (row.Length >= 2)
                rows.Keep(Example.WithTargets(row, row.Length));
            else
                rows.Drop(SingleToken);
        }
    }
}
