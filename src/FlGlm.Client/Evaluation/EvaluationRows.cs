using FlGlm.Client.Data;
using FlGlm.Client.Data.Formats;
using FlGlm.Client.Data.Rows;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>The questions of an evaluation, read from their files as they are needed.</summary>
internal sealed class EvaluationRows
{
    private readonly EvaluatorOptions _options;
    private readonly TaskQuestions _questions;
    private readonly int _maxPrompt;

    /// <param name="maxLength">tokens of the longest row</param>
    /// <exception cref="DataException">There is no file for the split.</exception>
    public EvaluationRows(EvaluatorOptions options, TaskQuestions questions, int maxLength)
    {
        (_options, _questions) = (options, questions);
        (MaxLength, _maxPrompt) = (maxLength, maxLength - options.Generation.MaxNewTokens);
        Files = [.. DataPaths.Find(TaskFiles.Find(options.Data, options.Split))];
    }

    /// <summary>The files in order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Tokens of the longest row.</summary>
    public int MaxLength { get; }

    /// <summary>Whether any answer is free; known after <see cref="Count"/>.</summary>
    public bool HasFreeAnswers { get; private set; }

    /// <summary>Reads and checks all rows, so that a row which cannot be used is named before the model is loaded.</summary>
    /// <returns>questions</returns>
    /// <exception cref="DataException">A row cannot be used, or there is none.</exception>
    public int Count()
    {
        var count = 0;
        foreach (var question in Read())
        {
            count++;
            HasFreeAnswers |= question.Choices.Count == 0;
        }

        return count > 0 ? count : throw new DataException(Files[0], null, $"There is no question to answer in {string.Join(", ", Files)} (shard {_options.Shard}).");
    }

    /// <summary>The files with their hashes.</summary>
    public IReadOnlyList<DataFileHash> Hashes() => [.. Files.SelectMany(path =>
    {
        using var file = DataFile.Open(path);
        if (PairedLinesReader.TargetOf(path) is { } target)
            file.OpenBeside(target);
        return file.Finish();
    })];

    /// <summary>All questions in order.</summary>
    public IEnumerable<EvaluationQuestion> Read()
    {
        var number = 0;
        foreach (var path in Files)
        {
            var reader = RowReaders.Of(path, _options.Data.Format, _questions.FieldsToEvaluate);
            using var file = DataFile.Open(path);
            foreach (var row in reader.Read(file))
            {
                if (_options.Limit > 0 && number == _options.Limit)
                    yield break;
                if (!_options.Shard.Has(number++))
                    continue;
                foreach (var item in ((QuestionRow)row).Items)
                    yield return Encode(row.Place, item);
            }
        }
    }

    private EvaluationQuestion Encode(RowPlace place, TaskItem item)
    {
        if (_options.Data.SpecialTokens == SpecialTokenUse.Refuse)
            place.RefuseSpecialTokens(_questions.SpecialTokensIn(item));
        var choices = _questions.Choices(item);
        if (choices.Count == 0)
        {
            if (_maxPrompt < 1)
            {
                throw new ConfigurationException(
                    "generation.max_new_tokens", $"{_options.Generation.MaxNewTokens} leaves no room for a prompt in rows of {MaxLength} tokens (data.max_length).");
            }

            var question = _questions.Question(place, item, _maxPrompt) ?? throw place.Wrong(
                $": question {item.Id} takes more than {_maxPrompt} tokens without its parts that may be shortened: data.max_length {MaxLength} less generation.max_new_tokens {_options.Generation.MaxNewTokens}.");
            return new EvaluationQuestion(item, question, []);
        }

        var encoded = _questions.Encode(place, item, MaxLength) ?? throw place.Wrong(
            $": question {item.Id} with its longest answer takes more than {MaxLength} tokens (data.max_length) without its parts that may be shortened.");
        if (encoded.Turns.Index().FirstOrDefault(turn => turn.Item.Answer.Count == 0) is { Item: not null } empty)
            throw place.Wrong($": the answer '{choices[empty.Index].Text}' of question {item.Id} has no token.");
        return new EvaluationQuestion(item, encoded, choices);
    }
}
