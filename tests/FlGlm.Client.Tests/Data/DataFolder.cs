using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>A temporary folder with the byte tokenizer, in which tests write their data files.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public DataFolder() => ByteTokenizer.WriteTo(_folder.Path);

    internal string Directory => _folder.Path;

    internal TextTokenizer Open() => TextTokenizer.Open(_folder.Path);

    internal string Write(string name, string content) => _folder.Write(name, content);

    internal string Write(string name, byte[] content) => _folder.Write(name, content);

    internal Dataset Load(string name, string content, DataSettings? settings = null) =>
        Load((settings ?? new DataSettings()) with { Train = [Write(name, content)] });

    internal Dataset Load(string name, byte[] content, DataSettings settings) => Load(settings with { Train = [Write(name, content)] });

    internal Dataset Load(DataSettings settings) => Dataset.Load(settings, _folder.Path, maxPositions: 512);

    internal void Delete(string name) => File.Delete(Path.Combine(_folder.Path, name));

    public void Dispose() => _folder.Dispose();
}
