using System.Text.Json;
using CsvHelper;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads separated values (RFC 4180): the first line names the columns, a value in quotes may have line ends.</summary>
internal sealed class CsvRowReader(RowFields fields, char separator) : IRowReader
{
    private const string OtherSeparators = ",\t;|";

    public IEnumerable<DataRow> Read(string path)
    {
        var options = new CsvReaderOptions { Separator = separator, MalformedData = CsvMalformedDataHandling.Throw, TrackLineNumbers = true };
        using var csv = CsvReader.FromText(DataFile.ReadText(path), options);
        var names = Guard(path, () => csv.Headers.ToArray());
        CheckNames(path, names);
        while (Guard(path, csv.Read))
        {
            var place = new RowPlace(path, (int)csv.LineNumber, IsLine: true);
            if (csv.FieldCount != names.Length)
                throw place.Wrong($" has {csv.FieldCount} values, and the first line names {names.Length} columns.");
            yield return fields.Read(place, JsonSerializer.SerializeToElement(csv.Current.ToDictionary()));
        }
    }

    private void CheckNames(string path, string[] names)
    {
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new DataException(path, 1, $"'{path}' line 1 names a column twice: {string.Join(", ", names)}.");
        if (names is [var only] && OtherSeparators.FirstOrDefault(only.Contains) is not '\0' and var other)
        {
            var known = other switch { ',' => "set data.format: csv", '\t' => "set data.format: tsv", _ => "write it with commas or tabs" };
            throw new DataException(path, 1, $"'{path}' line 1 has one column, '{only}', which looks like several; {known}.");
        }
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException error)
        {
            throw new DataException(
                path,
                (int)error.LineNumber,
                $"'{path}', row that begins in line {error.LineNumber}: a quote stands inside a value or is never closed. A value with quotes stands in quotes, and each of its own is written twice.",
                error);
        }
    }
}
