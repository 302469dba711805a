using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Crypto;

/// <summary>
/// The identity keys that this side accepts: a text file, one <c>flglm-rsa3072 BASE64 name</c> per line, <c>#</c> for remarks.
/// It is read again at every handshake, so a peer whose line is deleted is refused from then on.
/// </summary>
public sealed class KnownPeers
{
    private const UnixFileMode NewList = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const char ByteOrderMark = '\uFEFF';
    private readonly string _path;
    private readonly PeerTrust _trust;
    private readonly Action<KnownPeer>? _recorded;
    private readonly Lock _gate = new();

    /// <summary>The list in a file; with <see cref="PeerTrust.FirstUse"/> the file may be missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trust">What to do with a key that is not on it.</param>
    /// <param name="recorded">Called when first use recorded a key; the caller logs a warning.</param>
    public KnownPeers(string path, PeerTrust trust = PeerTrust.Pinned, Action<KnownPeer>? recorded = null)
    {
        _path = path;
        _trust = trust;
        _recorded = recorded;
    }

    /// <summary>Every line of the file.</summary>
    /// <exception cref="SealException">The file cannot be read, others may write it, or it has an invalid line; the message names the line.</exception>
    public IReadOnlyList<KnownPeer> Load()
    {
        if (!File.Exists(_path))
        {
            return _trust == PeerTrust.FirstUse
                ? []
                : throw new SealException($"There is no list of known peers '{_path}'. Put the peer's line there: `flglm keys` printed it.");
        }
        return ReadLines().Select((line, i) => (Text: line.Trim(), Number: i + 1))
            .Where(line => line.Text.Length > 0 && line.Text[0] != '#')
            .Select(line => Parse(line.Text, line.Number))
            .ToList();
    }

    /// <summary>Adds a peer as a line at the end of the file. A missing file is created, writable by its owner only.</summary>
    /// <exception cref="SealException">The file cannot be written.</exception>
    public void Add(KnownPeer peer)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(_path)) is { } folder)
                Directory.CreateDirectory(folder);
            using var file = new FileStream(_path, Appending());
            file.Write(Encoding.ASCII.GetBytes($"{(EndsItsLine(file) ? "" : "\n")}{peer.Key.ToLine(peer.Name)}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SealException($"The list of known peers '{_path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>The peer that a presented key belongs to. Its name is the one on the list, not the one that the peer claims.</summary>
    /// <exception cref="SealException">The key is not on the list, or the name is on the list with another key.</exception>
    internal KnownPeer Admit(string claimedName, PublicIdentity key)
    {
        var known = Load();
        if (known.FirstOrDefault(peer => peer.Key.Equals(key)) is { } listed)
            return listed;
        if (known.FirstOrDefault(peer => peer.Name == claimedName) is { } other)
        {
            throw new SealException(
                $"'{claimedName}' shows another identity key than the pinned one: expected {other.Key.Fingerprint}, found {key.Fingerprint}. " +
                $"This may be an attack; if the key was really renewed, replace its line in '{_path}'.") { IsUnknownIdentity = true };
        }
        return _trust == PeerTrust.FirstUse
            ? new KnownPeer(claimedName, key)
            : throw new SealException(
                $"The identity key {key.Fingerprint} of '{claimedName}' is not in '{_path}'. If it is the right one, add the line that `flglm keys` printed there.") { IsUnknownIdentity = true };
    }

    /// <summary>First use: records a new peer whose signature has been verified.</summary>
    internal void Keep(KnownPeer peer)
    {
        lock (_gate)
        {
            if (Load().Contains(Admit(peer.Name, peer.Key)))
                return;
            Add(peer);
        }
        _recorded?.Invoke(peer);
    }

    /// <summary>Refuses a list that others may write, since they could add peers that this side then trusts.</summary>
    private void CheckMode()
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_path) & OthersMayWrite) != 0)
        {
            throw new SealException(
                $"Others than you may write the list of known peers '{_path}', and so decide whom this side trusts. Look it through, then `chmod go-w {_path}`.");
        }
    }

    private static FileStreamOptions Appending()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = NewList;
        return options;
    }

    /// <summary>Whether the last line ends with a line break (an editor may have left it out). Leaves the file position at the end.</summary>
    private static bool EndsItsLine(FileStream file) =>
        file.Seek(0, SeekOrigin.End) == 0 || (file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() == '\n');

    private string[] ReadLines()
    {
        try
        {
            CheckMode();
            var bytes = File.ReadAllBytes(_path);
            return Utf16.Problem(_path, bytes) is { } problem ? throw new SealException(problem) : Encoding.UTF8.GetString(bytes).TrimStart(ByteOrderMark).Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SealException($"The list of known peers '{_path}' cannot be read: {e.Message}", e);
        }
    }

    private KnownPeer Parse(string line, int number)
    {
        try
        {
            return PublicIdentity.Parse(line);
        }
        catch (SealException e)
        {
            throw new SealException($"'{_path}', line {number}: {e.Message}. `flglm keys` prints such lines.");
        }
    }
}
