using FlGlm.Client.Data.Formats;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>A client's rows, tokenised and cut to length.</summary>
/// <param name="Train">In the order of the files.</param>
/// <param name="Validation">Empty where <c>data.validation</c> names nothing.</param>
/// <param name="Reports">One for each file read.</param>
public sealed record Dataset(IReadOnlyList<Example> Train, IReadOnlyList<ValidationSet> Validation, IReadOnlyList<DataReport> Reports)
{
    /// <summary>What a person should know of the tokenizer's files and of the rows, each in one line; none where all is well.</summary>
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

        var model = new CheckpointText(checkpoint, settings.SpecialTokens);
        var train = ReadFiles(settings.Train, settings, model);
        var examples = train.SelectMany(file => file.Examples).ToList();
        List<RowCollector> held = [];
        IReadOnlyList<ValidationSet> validation = [];
        if (settings.ValidationShare is { } share)
        {
            if (examples.Count < 2)
            {
                var path = settings.Train[0];
                throw new DataException(path, null, $"'{path}' gives one row; data.validation {settings.Validation[0]} needs two or more.");
            }

            var kept = examples.Count - Math.Clamp((int)Math.Round(share * examples.Count), 1, examples.Count - 1);
            validation = [new ValidationSet("", examples[kept..])];
            examples = examples[..kept];
        }
        else
        {
            held = ReadFiles([.. settings.Validation.Where(path => path.Length > 0)], settings, model);
            validation = [.. held.Select(file => new ValidationSet(file.Report.Path, file.Examples))];
        }

        DataReport[] reports = [.. train.Concat(held).Select(file => file.Report)];
        return new Dataset(examples, validation, reports)
        {
            Warnings = [.. model.Warnings, .. DataPaths.Skipped([.. settings.Train, .. settings.Validation]), .. reports.SelectMany(report => report.Warnings)],
        };
    }

    private static List<RowCollector> ReadFiles(IReadOnlyList<string> named, DataSettings settings, CheckpointText model) =>
        [.. DataPaths.Find(named).Select(path => ReadFile(path, settings, model))];

    private static RowCollector ReadFile(string path, DataSettings settings, CheckpointText model)
    {
        var rows = new RowCollector(path);
        var encoder = new RowEncoder(model, settings, rows);
        var reader = RowReaders.Of(path, settings.Format, settings.Columns);
        using var file = DataFile.Open(path);
        foreach (var row in reader.Read(file))
            encoder.Add(row);
        return rows.Examples.Count > 0 ? rows : throw new DataException(path, null, $"No row can be used: {rows.Report}.");
    }
}
