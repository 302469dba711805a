namespace FlGlm.Client.Data;

/// <summary>A data file as it was read.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="Sha256">Of its bytes, in lower case hexadecimal digits.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DataFileHash(string Path, string Sha256, long Bytes);
