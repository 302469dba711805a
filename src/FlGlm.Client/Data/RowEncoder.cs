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

    /// <summary>
    /// Prompt and answer are encoded apart. A long row loses the beginning of its prompt, never a mark; one whose answer does not fit is dropped.
    /// </summary>
    private void Add(PromptRow row)
    {
        if (settings.Template == PromptTemplate.None && row.Dialogue.NeedsTemplate)
            throw row.Place.Wrong(" has a dialogue before its question, which needs data.template chat.");
        var text = row.Answer ?? throw row.Place.Wrong(" has a question and no answer to learn.");
        var family = model.Tokenizer.Family;
        var prompt = family.EncodeContext(row.Dialogue, settings.Template);
        var answer = family.EncodeAnswer(text, settings.Template);
        var room = settings.MaxLength - family.Form.MarkCount - answer.Count;
        if (text.Length == 0)
            rows.Drop(NoAnswer);
        else if (room < 0)
            rows.Drop(LongAnswer);
        else
            rows.Keep(family.Form.Sample(prompt.Skip(prompt.Count - room), answer, settings.LossOn), prompt.Count > room);
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
