using System.Text.Json;

namespace FlGlm.Client.Data.Rows;

/// <summary>Makes a row of the object that stands in a file.</summary>
internal interface IRowFields
{
    /// <summary>Reads the object at once: it may be gone afterwards.</summary>
    /// <exception cref="Core.Configuration.DataException">The object cannot be used; file and line or row are named.</exception>
    DataRow Read(RowPlace place, JsonElement json);
}
