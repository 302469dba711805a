using System.Security.Cryptography;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Noise;

/// <summary>256 random bits that only this client has, in a file of their own: all its noise comes from them. Whoever knows them can subtract the noise.</summary>
internal sealed class NoiseSecret
{
    /// <summary>Bytes of the secret.</summary>
    public const int Size = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;
    private readonly byte[] _bytes;

    /// <param name="bytes">of <see cref="Size"/></param>
    public NoiseSecret(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes a secret, and writes and flushes it, readable by its owner only, before anything is released.</summary>
    /// <exception cref="SealException">The file is there, or cannot be written.</exception>
    public static NoiseSecret Create(string path)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        var bytes = RandomNumberGenerator.GetBytes(Size);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var file = new FileStream(temporary, NewFile()))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, full);
            FileSystem.FlushDirectory(Path.GetDirectoryName(full)!);
            return new NoiseSecret(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new SealException($"The secret of the noise '{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads the secret of a run that goes on.</summary>
    /// <exception cref="SealException">No such file, not of <see cref="Size"/> bytes, or readable by others than its owner.</exception>
    public static NoiseSecret Load(string path)
    {
        if (!File.Exists(path))
            throw new SealException($"There is no secret of the noise '{path}', without which the run cannot go on with the same noise. Put it back, or begin a new run.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new SealException($"Others than you can read the secret of the noise '{path}'. `chmod 600 {path}`, or begin a new run if somebody may have read it.");
        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.Length == Size
                ? new NoiseSecret(bytes)
                : throw new SealException($"The secret of the noise '{path}' has {bytes.Length} bytes instead of {Size}. Put the right file back, or begin a new run.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SealException($"The secret of the noise '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }
}
