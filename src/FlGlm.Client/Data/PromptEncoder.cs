namespace FlGlm.Client.Data;

/// <summary>Makes one example of a prompt and its completion: [bos] prompt completion [eos], the two encoded apart.</summary>
internal sealed class PromptEncoder(TextTokenizer tokenizer, DataSettings settings)
{
    internal const string NoAnswer = "an empty answer";
    internal const string LongAnswer = "an answer longer than data.max_length";

    /// <summary>A row that is too long loses the beginning of its prompt; one whose answer does not fit is dropped.</summary>
    internal void Add(string prompt, string completion, RowCollector rows)
    {
        int[] bos = tokenizer is { AddsBos: true, BosId: { } begin } ? [begin] : [];
        int[] eos = tokenizer.EosId is { } end ? [end] : [];
        var context = tokenizer.Encode(prompt, addBos: false);
        int[] answer = [.. tokenizer.Encode(completion, addBos: false), .. eos];
        var room = settings.MaxLength - bos.Length - answer.Length;
        if (completion.Length == 0)
        {
            rows.Drop(NoAnswer);
        }
        else if (room < 0)
        {
            rows.Drop(LongAnswer);
        }
        else
        {
            int[] ids = [.. bos, .. context.Skip(context.Count - room), .. answer];
            rows.Keep(Example.WithTargets(ids, settings.LossOn == LossTarget.All ? ids.Length : answer.Length), context.Count > room);
        }
    }
}
