using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Web.Access;

/// <summary>The secret that opens the page: 256 random bits in base64url, in a file that only its owner can read. Made by <c>flglm keys --web</c>.</summary>
internal sealed class WebToken
{
    private const int Bytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;
    private readonly byte[] _hash;

    private WebToken(string token) => _hash = Hash(token);

    /// <summary>256 random bits as text.</summary>
    public static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Writes a new token.</summary>
    /// <exception cref="SealException">The file exists and <paramref name="overwrite"/> is false, or it cannot be written.</exception>
    public static void Make(string path, bool overwrite)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var file = new FileStream(temporary, NewFile()))
            {
                file.Write(Encoding.ASCII.GetBytes(Random() + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw File.Exists(path) && !overwrite
                ? new SealException($"'{path}' is already there; pages that are open with it would ask for the new one. `flglm keys --web --overwrite` replaces it.", e)
                : new SealException($"The token '{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads a token.</summary>
    /// <exception cref="ConfigurationException">No such file, no token, or readable by others than its owner.</exception>
    public static WebToken Read(string path, ListenAddress listen)
    {
        if (!File.Exists(path))
            throw new ConfigurationException("web.token", $"'{path}' is not there, and '{listen}' can be reached by others. `flglm keys --web` makes it; or set web.listen=127.0.0.1:{listen.Port}.");
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
                throw new ConfigurationException("web.token", $"others than you can read '{path}'. `chmod 600 {path}`, or make a new one with `flglm keys --web --overwrite`.");
            var token = File.ReadAllText(path).Trim();
            var decoded = new byte[Bytes];
            if (Base64Url.TryDecodeFromChars(token, decoded, out var written) && written == Bytes)
                return new WebToken(token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            // Reported by the exception below.
        }

        throw new ConfigurationException("web.token", $"'{path}' holds no token that can be read. `flglm keys --web --overwrite` makes one.");
    }

    /// <summary>Whether a text is the token; the time it takes says nothing about where they differ.</summary>
    public bool Matches(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }
}
