using System.Buffers;
using System.Security.Cryptography;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Which rows a checkpoint has been trained on and validated with.</summary>
/// <param name="Rows">to train on</param>
/// <param name="Sha256">of ids and labels of all rows in their order, and of how batches are made of them</param>
internal sealed record DataFingerprint(int Rows, string Sha256)
{
    /// <summary>Reads every row once.</summary>
    public static DataFingerprint Of(Dataset data, DataSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([settings.Sampler == DataSampler.Subsample ? (byte)2 : settings.GroupByLength ? (byte)1 : (byte)0]);
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var rows in data.Validation.Select(set => set.Examples).Prepend(data.Train))
        {
            hash.AppendData(BitConverter.GetBytes(rows.Count));
            foreach (var row in rows)
            {
                buffer.ResetWrittenCount();
                ExampleBytes.Write(row, buffer);
                hash.AppendData(buffer.WrittenSpan);
            }
        }

        return new DataFingerprint(data.Train.Count, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Compares a checkpoint's with that of the rows to go on with.</summary>
    /// <param name="path">the checkpoint's directory</param>
    /// <exception cref="CheckpointException">They are others.</exception>
    public void Expect(DataFingerprint own, string path)
    {
        if (this == own)
            return;
        var count = Rows == own.Rows ? $"{Rows} rows to train on, here as there, but not the same ones, or others to validate with" : $"{Rows} rows to train on there, {own.Rows} here";
        throw new CheckpointException(path, $"The checkpoint '{path}' is of other data ({count}): resume it with the files and the data settings that it began with.");
    }
}
