using System.Security.Cryptography;
using System.Text;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using Google.Protobuf;

namespace FlGlm.Core.Crypto;

/// <summary>The private key that identifies this side: a long-lived RSA-3072 key that only signs (RSA-PSS, SHA-256). Made by <c>flglm keys</c>.</summary>
public sealed class IdentityKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;
    private readonly RSA _rsa;

    private IdentityKey(RSA rsa)
    {
        _rsa = rsa;
        PublicKey = new PublicIdentity(rsa.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The half that others may know.</summary>
    public PublicIdentity PublicKey { get; }

    /// <summary>Makes a new RSA key of 3072 bits.</summary>
    public static IdentityKey Create() => new(RSA.Create(RsaKeyPair.KeyBits));

    /// <summary>Reads a private key (PEM, PKCS#8).</summary>
    /// <exception cref="SealException">No such file, not such a key, or readable by others than its owner.</exception>
    public static IdentityKey Load(string path)
    {
        if (!File.Exists(path))
            throw new SealException($"There is no identity key '{path}'. `flglm keys` makes one.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new SealException($"Others than you can read the identity key '{path}'. `chmod 600 {path}`, or make a new one with `flglm keys`.");

        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(File.ReadAllText(path));
            if (rsa.KeySize == RsaKeyPair.KeyBits && HasPrivateKey(rsa))
                return new IdentityKey(rsa);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Reported by the exception below.
        }
        rsa.Dispose();
        throw new SealException($"'{path}' holds no RSA-{RsaKeyPair.KeyBits} private key (PEM) that can be read. `flglm keys` makes one.");
    }

    /// <summary>Writes the private key (PEM, PKCS#8), readable by its owner only.</summary>
    /// <exception cref="SealException">The file exists and <paramref name="overwrite"/> is false, or it cannot be written.</exception>
    public void Save(string path, bool overwrite = false)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            using (var file = new FileStream(temporary, NewFile()))
            {
                file.Write(Encoding.ASCII.GetBytes(_rsa.ExportPkcs8PrivateKeyPem() + "\n"));
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite);
            FileSystem.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw File.Exists(path) && !overwrite
                ? new SealException($"'{path}' is already there; peers that pinned this key would refuse a new one. `flglm keys --overwrite` replaces it.", e)
                : new SealException($"The identity key '{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rsa.Dispose();

    /// <summary>Signs the transcript up to this point.</summary>
    internal ByteString Sign(Transcript transcript) =>
        ByteString.CopyFrom(_rsa.SignHash(transcript.Hash(), HashAlgorithmName.SHA256, RSASignaturePadding.Pss));

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static bool HasPrivateKey(RSA rsa)
    {
        try
        {
            return rsa.ExportParameters(includePrivateParameters: true).D is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
