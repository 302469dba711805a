using FlGlm.Client.Data.Formats;
using FlGlm.Client.Data.Rows;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>A client's rows, tokenised and cut to length. Disposing of it ends the temporary file of rows that memory is too small for.</summary>
/// <param name="Train">In the order of the files.</param>
/// <param name="Validation">Empty where <c>data.validation</c> names nothing.</param>
/// <param name="Reports">One for each file read; of articles, a file each, one for their folder.</param>
public sealed record Dataset(IReadOnlyList<Example> Train, IReadOnlyList<ValidationSet> Validation, IReadOnlyList<DataReport> Reports) : IDisposable
{
    /// <summary>What a person should know of the tokenizer's files and of the rows, each in one line; none where all is well.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How the rows to train on are divided among clients, of which <see cref="Train"/> are this one's; null = they are not.</summary>
    public Partition? Partition { get; init; }

    /// <summary>What holds the rows; null where the caller does.</summary>
    private ExampleStore? Store { get; init; }

    /// <summary>Reads everything that the settings name.</summary>
    /// <param name="settings">Validated settings; relative paths count from the current directory.</param>
    /// <param name="checkpoint">The model's checkpoint directory; its tokenizer is opened when a row needs it.</param>
    /// <param name="maxPositions">The longest row that the model takes.</param>
    /// <param name="task">The task whose rows the files hold; null = the one that the settings name, if any.</param>
    /// <exception cref="ConfigurationException"><c>data.max_length</c> exceeds the model, a format cannot be told, or rows cannot be divided as <c>data.partition</c> says.</exception>
    /// <exception cref="CheckpointException">A row needs the tokenizer, and it is missing or another model's.</exception>
    /// <exception cref="DataException">A file is missing, empty or malformed, or no row of it can be used.</exception>
    public static Dataset Load(DataSettings settings, string checkpoint, int maxPositions, LanguageTask? task = null) =>
        Load(settings, checkpoint, maxPositions, task, new ExampleStore());

    /// <summary>Loads into a store, which is the data set's then.</summary>
    /// <inheritdoc cref="Load(DataSettings, string, int, LanguageTask)"/>
    internal static Dataset Load(DataSettings settings, string checkpoint, int maxPositions, LanguageTask? task, ExampleStore store)
    {
        try
        {
            return Read(settings, checkpoint, maxPositions, task, store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Store?.Dispose();

    private static Dataset Read(DataSettings settings, string checkpoint, int maxPositions, LanguageTask? task, ExampleStore store)
    {
        if (settings.MaxLength > maxPositions)
        {
            throw new ConfigurationException(
                "data.max_length", $"{settings.MaxLength} is more than the model's {maxPositions} positions; {maxPositions} or less.");
        }

        ConfigValidation.Expect(("data.partition.", settings.Partition));
        var model = new CheckpointText(checkpoint, settings.SpecialTokens);
        var questions = (task ?? KnownTasks.OfSetting(settings.Task)) is { } known ? new TaskQuestions(model, known, settings.Pattern) : null;
        if (questions is not null)
            settings = TaskFiles.Complete(settings);
        var repeated = new RepeatedRows();
        var divided = settings.Partition.By == PartitionMethod.None ? null : new PartitionRows();
        var train = ReadFiles(settings.Train, divided);
        var (count, kept) = (store.Count, store.Count);
        List<RowCollector> held = [];
        IReadOnlyList<ValidationSet> validation = [];
        if (settings.ValidationShare is { } heldShare)
        {
            if (count < 2)
            {
                var path = settings.Train[0];
                throw new DataException(path, null, $"'{path}' gives one row; data.validation {settings.Validation[0]} needs two or more.");
            }

            kept -= Math.Clamp((int)Math.Round(heldShare * count), 1, count - 1);
            validation = [new ValidationSet("", new StoredExamples(store, kept, count - kept))];
        }
        else
        {
            held = ReadFiles([.. settings.Validation.Where(path => path.Length > 0)], null);
            validation = [.. held.Select(file => new ValidationSet(file.Path, file.Examples))];
        }

        RowCollector[] files = [.. train, .. held];
        foreach (var file in files)
            file.Repeated = repeated.CountIn(file, kept);
        var share = divided?.Divide(settings.Partition, kept, train, questions?.Task.Labels ?? []);
        DataReport[] reports = [.. files.Select(file => file.Report)];
        return new Dataset(share is { Examples: var own } ? new StoredExamples(store, own) : new StoredExamples(store, 0, kept), validation, reports)
        {
            Store = store,
            Partition = share?.Partition,
            Warnings =
            [
                .. model.Warnings,
                .. questions is not null && settings.Folder.Length > 0 && settings.Validation.Count == 0
                    ? [$"{settings.Folder}: no file to validate with (val, validation or dev); data.validation names others."]
                    : Array.Empty<string>(),
                .. DataPaths.Skipped([.. settings.Train, .. settings.Validation]),
                .. reports.SelectMany(report => report.Warnings),
                .. repeated.Warnings(files, kept),
            ],
        };

        List<RowCollector> ReadFiles(IReadOnlyList<string> named, PartitionRows? rows) =>
        [
            .. DataPaths.Together(DataPaths.Find(named)).Select(
                (set, place) => ReadSet(set.Paths, new RowCollector(set.Name, store, repeated, rows, place), settings, model, questions)),
        ];
    }

    private static RowCollector ReadSet(
        IReadOnlyList<string> paths, RowCollector rows, DataSettings settings, CheckpointText model, TaskQuestions? questions)
    {
        var encoder = new RowEncoder(model, settings, rows, questions);
        foreach (var (number, path) in paths.Index())
        {
            var reader = RowReaders.Of(path, settings.Format, questions?.FieldsToTrain ?? new RowFields(settings.Columns));
            using var file = DataFile.Open(path);
            foreach (var row in reader.Read(file))
            {
                rows.Begin(row is TextRow { IsDocument: false } ? null : paths.Count == 1 ? row.Place : row.Place with { Number = number + 1, IsLine = false });
                encoder.Add(row);
            }

            rows.Content.AddRange(file.Finish());
        }

        return rows.Examples.Count > 0 ? rows : throw new DataException(rows.Path, null, $"No row can be used: {rows.Report}.");
    }
}
