using FlGlm.Client.Data.Families;
using FlGlm.Client.Data.Rows;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Makes examples of each row that can be used, and counts the others.</summary>
/// <param name="questions">encodes the questions of a task's rows; null where there is no task</param>
internal sealed class RowEncoder(CheckpointText model, DataSettings settings, RowCollector rows, TaskQuestions? questions = null)
{
    private const string NoAnswer = "an empty answer";
    private const string NoRightAnswer = "no right answer";
    private const string NoText = "an empty text";
    private const string NoLearntAnswer = "no answer to learn";
    private const string LongAnswer = "an answer longer than data.max_length";
    private const string LongRow = "more tokens than data.max_length";
    private const string LongQuestion = "a question longer than data.max_length";
    private const string MarkedPrompt = "a <sop> in the prompt";
    private const string NoTarget = "no token to learn";
    private const string SingleToken = "a last row of one token";

    private bool IsChat => settings.Template == PromptTemplate.Chat;

    internal void Add(DataRow row)
    {
        rows.Ignore(row.Ignored);
        switch (row)
        {
            case TokenRow tokens:
                AddTokens(tokens);
                break;
            case TextRow text:
                AddText(text);
                break;
            case QuestionRow { Items: var items }:
                foreach (var item in items)
                    AddQuestion(row.Place, item);
                break;
            default:
                AddDialogue((PromptRow)row);
                break;
        }
    }

    private void AddDialogue(PromptRow row)
    {
        if (!IsChat && row.Dialogue.NeedsTemplate)
            throw row.Place.Wrong(" has a dialogue before its question, which needs data.template chat.");
        var answer = row.Answer ?? throw row.Place.Wrong($" has a question and no answer to learn: {row.WhereToAnswer}.");
        var family = model.Tokenizer.Family;
        if (settings.LossOn == LossTarget.All && model.Ids.Marks is not null)
        {
            throw new ConfigurationException(
                "data.loss_on", "all would teach a ChatGLM-6B to copy: its context sees all of itself; completion.");
        }

        CountSpecialTokens(row.Place, row.Texts);
        if (IsChat)
            rows.ChatForm = family.Name;
        var history = row.Dialogue.History;
        var learnsEarlier = settings.LossOn == LossTarget.Answers || (settings.LossOn == LossTarget.All && family.EndsEveryAnswer);
        var learnt = history.Select(round => round.Answer.Length > 0 && (round.IsLearnt ?? learnsEarlier))
            .Append(answer.Length > 0 && (row.IsLearnt ?? true)).ToList();
        rows.Unlearnt += settings.LossOn == LossTarget.Completion ? history.Count(round => round.IsLearnt is null) : 0;
        if (!learnt.Contains(true))
            rows.Drop(answer.Length == 0 ? NoAnswer : NoLearntAnswer);
        else if (!family.EndsEveryAnswer && learnt.SkipLast(1).Contains(true))
            AddEachAnswer(family, row.Dialogue, answer, learnt);
        else if (answer.Length > 0)
            AddTurns(family, row.Dialogue, answer, learnt);
        else
            AddUntil(family, row.Dialogue, learnt.LastIndexOf(true), learnt);
    }

    /// <summary>A row for each right answer of a task's question.</summary>
    private void AddQuestion(RowPlace place, TaskItem item)
    {
        CountSpellings(place, questions!.SpecialTokensIn(item));
        foreach (var label in item.Gold)
            rows.CountLabel(questions.LabelOf(label));
        if (questions.Encode(place, item, settings.MaxLength) is not { } encoded)
        {
            rows.Drop(LongQuestion);
            return;
        }

        var right = questions.RightAnswers(item);
        if (right.Count == 0)
            rows.Drop(NoRightAnswer);
        foreach (var answer in right)
            rows.Keep(encoded.Example(answer), encoded.IsShortened, questions.LabelOf(item));
    }

    /// <summary>A row that ends with an earlier answer, since nothing behind it can be learnt.</summary>
    private void AddUntil(TextFamily family, Dialogue dialogue, int last, List<bool> learnt) =>
        AddTurns(family, Until(dialogue, last), dialogue.History[last].Answer, learnt[..(last + 1)]);

    /// <summary>A dialogue up to the question of an earlier round.</summary>
    private static Dialogue Until(Dialogue dialogue, int round) =>
        dialogue with { History = [.. dialogue.History.Take(round)], Prompt = dialogue.History[round].Question };

    /// <summary>A row for every answer that is learnt, with what stands before it: this form has no mark behind an earlier answer.</summary>
    private void AddEachAnswer(TextFamily family, Dialogue dialogue, string answer, List<bool> learnt)
    {
        for (var turn = 0; turn < learnt.Count; turn++)
        {
            if (!learnt[turn])
                continue;
            var isLast = turn == dialogue.History.Count;
            AddTurns(
                family, isLast ? dialogue : Until(dialogue, turn), isLast ? answer : dialogue.History[turn].Answer, [.. Enumerable.Repeat(false, turn), true]);
        }

        if (answer.Length == 0)
            rows.Drop(NoAnswer);
    }

    /// <summary>
    /// A long row loses the beginning of its prompt, of a chat whole rounds, so that no mark is lost; an answer loses nothing. What does not
    /// fit then is dropped, and so is a prompt with a mark that makes it end early.
    /// </summary>
    private void AddTurns(TextFamily family, Dialogue dialogue, string answer, List<bool> learnt)
    {
        var form = family.FormOf(settings.Template);
        var turns = family.EncodeTurns(dialogue, answer, settings.Template);
        var room = settings.MaxLength - form.MarkCount;
        if (turns[^1].Answer.Count > room)
        {
            rows.Drop(LongAnswer);
            return;
        }

        var kept = IsChat ? LastRounds(family, dialogue, answer, turns, room) : Shortened(turns[^1], room);
        if (kept is null)
        {
            rows.Drop(LongQuestion);
        }
        else if (model.Ids.Marks is { } marks && kept[^1].Question.Contains(marks.Start))
        {
            rows.Drop(MarkedPrompt);
        }
        else
        {
            bool[] learntTurns = [.. learnt.TakeLast(kept.Count)];
            if (learntTurns.Contains(true))
                rows.Keep(form.Sample(kept, learntTurns, settings.LossOn == LossTarget.All), kept.Sum(turn => turn.Length) < turns.Sum(turn => turn.Length));
            else
                rows.Drop(NoLearntAnswer);
        }
    }

    private static EncodedTurn[] Shortened(EncodedTurn turn, int room) =>
        [turn with { Question = [.. turn.Question.TakeLast(room - turn.Answer.Count)] }];

    /// <summary>A dialogue without as many of its oldest rounds as do not fit; null where even the question does not.</summary>
    private IReadOnlyList<EncodedTurn>? LastRounds(
        TextFamily family, Dialogue dialogue, string answer, IReadOnlyList<EncodedTurn> turns, int room)
    {
        for (var oldest = 1; turns.Sum(turn => turn.Length) > room; oldest++)
        {
            if (oldest > dialogue.History.Count)
                return null;
            turns = family.EncodeTurns(dialogue with { History = [.. dialogue.History.Skip(oldest)] }, answer, settings.Template);
        }

        return turns;
    }

    private void AddText(TextRow row)
    {
        rows.LineEndsChanged |= row.LineEndsChanged;
        if (row.Text.Length == 0)
        {
            rows.Drop(NoText);
            return;
        }

        CountSpecialTokens(row.Place, [row.Text]);
        foreach (var example in model.Tokenizer.Family.CutText(row.Text, settings.MaxLength, row.IsDocument))
        {
            if (example.Ids.Length >= 2)
                rows.Keep(example);
            else
                rows.Drop(SingleToken);
        }
    }

    private void CountSpecialTokens(RowPlace place, IEnumerable<string> texts) =>
        CountSpellings(place, texts.SelectMany(model.Tokenizer.Family.SpecialTokensIn).Distinct());

    private void CountSpellings(RowPlace place, IEnumerable<string> specialTokens)
    {
        var spelled = specialTokens.ToList();
        if (settings.SpecialTokens == SpecialTokenUse.Refuse)
            place.RefuseSpecialTokens(spelled);
        rows.CountSpecialTokens(spelled);
    }

    private void AddTokens(TokenRow row)
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
