using FlGlm.Client.Data.Rows;

namespace FlGlm.Client.Data;

/// <summary>Makes an example of each row that can be used, and counts the others.</summary>
internal sealed class RowEncoder(CheckpointText model, DataSettings settings, RowCollector rows)
{
    private const string NoAnswer = "an empty answer";
    private const string LongAnswer = "an answer longer than data.max_length";
    private const string LongRow = "more tokens than data.max_length";
    private const string NoTarget = "no token to learn";

    internal void Add(DataRow row)
    {
        if (row is TokenRow tokens)
            Add(tokens);
        else
            Add((PromptRow)row);
    }

    /// <summary>[bos] prompt answer [eos], the two encoded apart. A long row loses the beginning of its prompt; one whose answer does not fit is dropped.</summary>
    private void Add(PromptRow row)
    {
        var tokenizer = model.Tokenizer;
        int[] bos = tokenizer is { AddsBos: true, BosId: { } begin } ? [begin] : [];
        int[] eos = tokenizer.EosId is { } end ? [end] : [];
        var context = tokenizer.Encode(row.Prompt, addBos: false);
        int[] answer = [.. tokenizer.Encode(row.Answer, addBos: false), .. eos];
        var room = settings.MaxLength - bos.Length - answer.Length;
        if (row.Answer.Length == 0)
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

    private void Add(TokenRow row)
    {
        Check(row, "input_ids", row.Ids);
        Check(row, "labels", row.Labels.Where(label => label != Example.Ignored));
        if (row.Ids.Length > settings.MaxLength)
        {
            rows.Drop(LongRow);
        }
        else if (row.Labels.Skip(1).All(label => label == Example.Ignored))
        {
            rows.Drop(NoTarget);
        }
        else
        {
            if (model.Ids.Marks is { } marks && BatchCollator.MissingMark(row.Ids, marks) is { } mark)
                throw row.Place.Wrong($" has no {mark}, which every row of a ChatGLM-6B needs; tokenise with this model's own tokenizer.");
            rows.Keep(new Example(row.Ids, row.Labels));
        }
    }

    private void Check(TokenRow row, string field, IEnumerable<int> ids)
    {
        var size = model.Ids.VocabularySize;
        foreach (var id in ids)
        {
            if (id < 0 || id >= size)
                throw row.Place.Wrong($": '{field}' holds {id}, and the model knows 0 to {size - 1}; tokenise with this model's own tokenizer.");
        }
    }
}
