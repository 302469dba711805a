using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Finds the reader of a data file, by <c>data.format</c> or by the file's name.</summary>
internal static class RowReaders
{
    private static readonly Dictionary<string, DataFormat> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = DataFormat.Text,
        [".jsonl"] = DataFormat.Jsonl,
        [".ndjson"] = DataFormat.Jsonl,
        [".json"] = DataFormat.Json,
        [".csv"] = DataFormat.Csv,
        [".tsv"] = DataFormat.Tsv,
        [".parquet"] = DataFormat.Parquet,
    };

    /// <summary>The endings of names that tell a format, for messages.</summary>
    internal static string KnownExtensions => string.Join(", ", ByExtension.Keys);

    /// <summary>What a file holds by its name; null where that does not tell.</summary>
    internal static DataFormat? FormatOf(string path) =>
        ByExtension.TryGetValue(Path.GetExtension(path), out var format) ? format : null;

    /// <exception cref="ConfigurationException">The format is <see cref="DataFormat.Auto"/>, and the name does not tell it.</exception>
    internal static IRowReader Of(string path, DataFormat format, DataColumns columns) => Of(path, format, new RowFields(columns));

    /// <inheritdoc cref="Of(string, DataFormat, DataColumns)"/>
    /// <param name="path">The file.</param>
    /// <param name="format">What it holds.</param>
    /// <param name="fields">Makes a row of each object.</param>
    /// <exception cref="DataException">It holds text, which has no fields of a task.</exception>
    internal static IRowReader Of(string path, DataFormat format, IRowFields fields)
    {
        var known = format != DataFormat.Auto ? format : FormatOf(path)
            ?? throw new ConfigurationException(
                "data.format", $"auto knows the names {KnownExtensions}, not '{path}'; set text, jsonl, json, csv, tsv or parquet.");
        return known switch
        {
            DataFormat.Text => fields is RowFields ? new TextFileReader() : throw new DataException(
                path, null, $"'{path}' is read as text, and data.task needs rows with fields: jsonl, json, csv, tsv or parquet (data.format)."),
            DataFormat.Jsonl => new JsonLinesReader(fields),
            DataFormat.Json => new JsonListReader(fields),
            DataFormat.Csv => new CsvRowReader(fields, ','),
            DataFormat.Tsv => new CsvRowReader(fields, '\t'),
            _ => new ParquetRowReader(fields),
        };
    }
}
