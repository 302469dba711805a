using FlGlm.Client.Data.Families;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Makes an example of each row that can be used, and counts the others.</summary>
internal sealed class RowEncoder(CheckpointText model, DataSettings settings, RowCollector rows)
{
    private const string NoAnswer = "an empty answer";
    private const string LongAnswer = "an answer longer than data.max_length";
    private const string LongRow = "more tokens than data.max_length";
    private const string LongQuestion = "a question longer than data.max_length";
    private const string MarkedPrompt = "a <sop> in the prompt";
    private const string NoTarget = "no token to learn";

    internal void Add(DataRow row)
    {
        if (row is TokenRow tokens)
            Add(tokens);
        else
            Add((PromptRow)row);
    }

    /// <summary>
    /// Prompt and answer are encoded apart. A long row loses the beginning of its prompt, of a chat whole rounds, so that no mark is lost.
    /// What does not fit then is dropped, and so is a prompt with a mark that makes it end early.
    /// </summary>
    private void Add(PromptRow row)
    {
        if (settings.Template == PromptTemplate.None && row.Dialogue.NeedsTemplate)
            throw row.Place.Wrong(" has a dialogue before its question, which needs data.template chat.");
        var text = row.Answer ?? throw row.Place.Wrong(" has a question and no answer to learn.");
        var family = model.Tokenizer.Family;
        if (settings.LossOn == LossTarget.All && model.Ids.Marks is not null)
        {
            throw new ConfigurationException(
                "data.loss_on", "all would teach a ChatGLM-6B to copy: its context sees all of itself; completion.");
        }

        if (settings.Template == PromptTemplate.Chat)
            rows.ChatForm = family.Name;
        var answer = family.EncodeAnswer(text, settings.Template);
        var room = settings.MaxLength - family.Form.MarkCount - answer.Count;
        if (text.Length == 0)
        {
            rows.Drop(NoAnswer);
        }
        else if (room < 0)
        {
            rows.Drop(LongAnswer);
        }
        else
        {
            var prompt = family.EncodeContext(row.Dialogue, settings.Template);
            var kept = settings.Template == PromptTemplate.Chat
                ? LastRounds(family, row.Dialogue, prompt, room)
                : [.. prompt.TakeLast(room)];
            if (kept is null)
                rows.Drop(LongQuestion);
            else if (model.Ids.Marks is { } marks && kept.Contains(marks.Start))
                rows.Drop(MarkedPrompt);
            else
                rows.Keep(family.Form.Sample(kept, answer, settings.LossOn), truncated: kept.Count < prompt.Count);
        }
    }

    /// <summary>A dialogue without as many of its oldest rounds as do not fit; null where even the question does not.</summary>
    private static IReadOnlyList<int>? LastRounds(TextFamily family, Dialogue dialogue, IReadOnlyList<int> prompt, int room)
    {
        for (var oldest = 1; prompt.Count > room; oldest++)
        {
            if (oldest > dialogue.History.Count)
                return null;
            prompt = family.EncodeContext(dialogue with { History = [.. dialogue.History.Skip(oldest)] }, PromptTemplate.Chat);
        }

        return prompt;
    }

    private void Add(TokenRow row)
    {
        Check(row, "input_ids", row.Ids);
        Check(row, "labels", (row.Labels ?? []).Where(label => label != Example.Ignored));
        if (row.Ids.Length > settings.MaxLength)
        {
            rows.Drop(LongRow);
            return;
        }

        if (model.Ids.Marks is { } marks && BatchCollator.MissingMark(row.Ids, marks) is { } mark)
            throw row.Place.Wrong($" has no {mark}, which every row of a ChatGLM-6B needs; tokenise with this model's own tokenizer.");
        var example = row.Labels is { } labels ? new Example(row.Ids, labels) : Unlabelled(row.Ids);
        if (example.Labels.Skip(1).All(label => label == Example.Ignored))
            rows.Drop(NoTarget);
        else
            rows.Keep(example);
    }

    /// <summary>Every token is learnt, of a ChatGLM-6B from its start mark on: its context sees all of itself and would be copied.</summary>
    private Example Unlabelled(int[] ids) =>
        Example.WithTargets(ids, model.Ids.Marks is { } marks ? ids.Length - Array.IndexOf(ids, marks.Start) : ids.Length);

    private void Check(TokenRow row, string field, IEnumerable<int> ids)
    {
        var size = model.Ids.VocabularySize;
        foreach (var id in ids)
        {
            if (id < 0 || id >= size)
            {
                throw row.Place.Wrong(
                    $": '{field}' holds {id}, and the model knows 0 to {size - 1}; tokenise with this model's own tokenizer.");
            }
        }
    }
}
