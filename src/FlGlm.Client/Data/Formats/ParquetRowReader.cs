using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;
using Parquet;
using Parquet.Serialization;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads a Parquet file, one row group after the other.</summary>
internal sealed class ParquetRowReader(IRowFields fields) : IRowReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public IEnumerable<DataRow> Read(DataFile file)
    {
        var (path, number) = (file.Path, 0);
        var content = file.OpenBinary();
        var groups = Guard(path, () => CountGroupsAsync(content));
        for (var group = 0; group < groups; group++)
        {
            var index = group;
            foreach (var row in Guard(path, () => ReadGroupAsync(content, index)))
            {
                var json = JsonSerializer.SerializeToElement(ToJson(row));
                yield return fields.Read(new RowPlace(path, ++number, IsLine: false), json);
            }
        }
    }

    private static async Task<int> CountGroupsAsync(Stream file)
    {
        var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true).ConfigureAwait(false);
        await using var readerScope = reader.ConfigureAwait(false);
        return reader.RowGroupCount;
    }

    private static async Task<IReadOnlyList<IDictionary<string, object>>> ReadGroupAsync(Stream file, int group)
    {
        file.Position = 0;
        var rows = await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group).ConfigureAwait(false);
        return [.. rows.Data];
    }

    /// <summary>A damaged file makes the reader fail in many ways.</summary>
    private static T Guard<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not (DataException or OutOfMemoryException))
        {
            throw new DataException(path, null, $"'{path}' cannot be read as Parquet: {error.Message}", error);
        }
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        byte[] bytes => ToText(bytes),
        IDictionary<string, object> row => new JsonObject(row.Select(field => KeyValuePair.Create(field.Key, ToJson(field.Value)))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(ToJson)]),
        _ => JsonSerializer.SerializeToNode(value),
    };

    /// <summary>A column that is not marked as text may be one; other bytes become a list of numbers.</summary>
    private static JsonNode ToText(byte[] bytes)
    {
        try
        {
            return JsonValue.Create(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return new JsonArray([.. bytes.Select(each => (JsonNode)each)]);
        }
    }
}
