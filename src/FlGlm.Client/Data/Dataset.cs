using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>A client's rows, tokenised and cut to length.</summary>
/// <param name="Train">In the order of the files.</param>
/// <param name="Validation">Empty where <c>data.validation</c> names nothing.</param>
/// <param name="Reports">One for each file read.</param>
public sealed record Dataset(IReadOnlyList<Example> Train, IReadOnlyList<Example> Validation, IReadOnlyList<DataReport> Reports)
{
    /// <summary>What a person should know of the tokenizer's files, each in one line; none where all is well.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads everything that the settings name.</summary>
    /// <param name="settings">Validated settings; relative paths count from the current directory.</param>
    /// <param name="checkpoint">The model's checkpoint directory; its tokenizer is opened when a row needs it.</param>
    /// <param name="maxPositions">The longest row that the model takes.</param>
    /// <exception cref="ConfigurationException"><c>data.max_length</c> exceeds the model, or a format cannot be told.</exception>
    /// <exception cref="CheckpointException">A row needs the tokenizer, and it is missing or another model's.</exception>
    /// <exception cref="DataException">A file is missing, empty or malformed, or no row of it can be used.</exception>
    public static Dataset Load(DataSettings settings, string checkpoint, int maxPositions)
    {
        if (settings.MaxLength > maxPositions)
        {
            throw new ConfigurationException(
                "data.max_length", $"{settings.MaxLength} is more than the model's {maxPositions} positions; {maxPositions} or less.");
        }

        var model = new CheckpointText(checkpoint);
        var files = settings.Train.Select(path => ReadFile(path, settings, model)).ToList();
        var train = files.SelectMany(file => file.Examples).ToList();
        IReadOnlyList<Example> validation = [];
        if (settings.ValidationShare is { } share)
        {
            if (train.Count < 2)
            {
                var path = settings.Train[0];
                throw new DataException(path, null, $"'{path}' gives one row; data.validation {settings.Validation} needs two or more.");
            }

            var kept = train.Count - Math.Clamp((int)Math.Round(share * train.Count), 1, train.Count - 1);
            validation = train[kept..];
            train = train[..kept];
        }
        else if (settings.Validation.Length > 0)
        {
            files.Add(ReadFile(settings.Validation, settings, model));
            validation = files[^1].Examples;
        }
        return new Dataset(train, validation, [.. files.Select(file => file.Report)]) { Warnings = model.Warnings };
    }

    private static RowCollector ReadFile(string path, DataSettings settings, CheckpointText model)
    {
        var format = FormatOf(path, settings.Format);
        var text = DataFile.ReadText(path);
        var rows = new RowCollector(path);
        if (format == DataFormat.Text)
        {
            TextRows.Read(text, model.Tokenizer.Family, settings.MaxLength, rows);
        }
        else
        {
            var encoder = new RowEncoder(model, settings, rows);
            foreach (var row in JsonRows.Read(path, text, format))
                encoder.Add(row);
        }
        return rows.Examples.Count > 0 ? rows : throw new DataException(path, null, $"No row can be used: {rows.Report}.");
    }

    private static DataFormat FormatOf(string path, DataFormat format) => format != DataFormat.Auto ? format
        : DataFile.FormatOf(path)
        ?? throw new ConfigurationException("data.format", $"auto knows .txt, .jsonl and .json, not '{path}'; set text, jsonl or json.");
}
