using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads the rows of a data file of one format.</summary>
internal interface IRowReader
{
    /// <summary>The rows in order, each read when it is asked for.</summary>
    /// <param name="file">The file, of which nothing has been read.</param>
    /// <exception cref="DataException">The file cannot be read, or a row of it cannot be used; file and line or row are named.</exception>
    IEnumerable<DataRow> Read(DataFile file);
}
